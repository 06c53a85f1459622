/** The attacks on the engines of curves. They use noble alone, and of the engines only encodings. */
import { bls12_381 } from "@noble/curves/bls12-381.js";
import { secp256k1 } from "@noble/curves/secp256k1.js";

import { concat } from "../../src/bytes";
import { openBox } from "../../src/crypto/ecies/box";
import { decodePoint, encodePoint } from "../../src/crypto/encoding";
import { nobleBackend } from "../../src/crypto/backendNoble";
import { fromBigInt, toBigInt } from "../../src/crypto/scalar";
import { hashSharedSecret } from "../../src/crypto/umbral/params";
import type { Attacks, Loot } from "./attack";

const { Point } = secp256k1;
const { Fn } = Point;

const product = (a: Uint8Array, b: Uint8Array) => fromBigInt(Fn.mul(toBigInt(a), toBigInt(b)));
const inverse = (a: Uint8Array) => fromBigInt(Fn.inv(toBigInt(a)));

/** rk*pk_B = pk_A, which holds where the re-encryption key is the quotient of their secrets. */
function isQuotient(key: Uint8Array, ownerPublicKey: Uint8Array, recipientPublicKey: Uint8Array): boolean {
  const turned = Point.fromBytes(recipientPublicKey).multiply(toBigInt(key));
  return turned.equals(Point.fromBytes(ownerPublicKey));
}

/** The key's own checks. Where they pass under any public keys they tell nothing. */
function accepts(loot: Loot, ownerPublicKey: Uint8Array, recipientPublicKey: Uint8Array, signer: Uint8Array): boolean {
  try {
    loot.engine.verifyFraction(loot.kfrag, { ownerPublicKey, recipientPublicKey, signerPublicKey: signer });
    return true;
  } catch {
    return false;
  }
}

/** rk = a/d with d = H(X_A, pk_B, sk_B*X_A); kfrag = id 32 ‖ rk 32 ‖ X_A 33 ‖ ... */
export const umbralAttacks = (signerPublicKey: Uint8Array): Attacks => ({
  collude({ kfrag, recipient }) {
    const precursor = kfrag.slice(64, 97);
    const point = decodePoint(nobleBackend, "precursor", precursor);
    const shared = encodePoint(nobleBackend.multiply(point, recipient.secretKey));
    return product(kfrag.slice(32, 64), hashSharedSecret(precursor, recipient.publicKey, shared));
  },
  reverse: ({ kfrag }) => inverse(kfrag.slice(32, 64)),
  links: (loot, owner, recipient) => accepts(loot, owner, recipient, signerPublicKey),
});

/** rk = a/e with e in the box at the end; kfrag = rk 32 ‖ i 1 ‖ m 1 ‖ F 33 ‖ box 234 */
export const eciesAttacks = (signerPublicKey: Uint8Array): Attacks => ({
  collude({ kfrag, ownerPublicKey, recipient }) {
    const context = concat(ownerPublicKey, kfrag.slice(34, -234));
    const plaintext = openBox(nobleBackend, recipient.secretKey, kfrag.slice(-234), context);
    return product(kfrag.slice(0, 32), plaintext.slice(0, 32));
  },
  reverse: ({ kfrag }) => inverse(kfrag.slice(0, 32)),
  links: (loot, owner, recipient) =>
    isQuotient(loot.kfrag.slice(0, 32), owner, recipient) || accepts(loot, owner, recipient, signerPublicKey),
});

/** rk = a/b; kfrag = rk 32 ‖ ... */
export const bbs98Attacks = (): Attacks => ({
  collude: ({ kfrag, recipient }) => product(kfrag.slice(0, 32), recipient.secretKey),
  reverse: ({ kfrag }) => inverse(kfrag.slice(0, 32)),
  links: ({ kfrag }, owner, recipient) => isQuotient(kfrag.slice(0, 32), owner, recipient),
});

/** rk = 1/a*Y_B is a point: 1/b*rk = 1/a*g2 is all that is to be had, and its bytes are not a. */
export const afghAttacks = (signerPublicKey: Uint8Array): Attacks => ({
  collude({ kfrag, recipient }) {
    const key = bls12_381.G2.Point.fromBytes(kfrag.slice(0, 96));
    return key.multiply(bls12_381.fields.Fr.inv(toBigInt(recipient.secretKey))).toBytes(true);
  },
  reverse: () => undefined,
  links: (loot, owner, recipient) => accepts(loot, owner, recipient, signerPublicKey),
});
