/**
 * What an adversary can try against each engine, with what he would hold. An attack returns what it got; whether that is what he
 * wanted is for the caller to see. They use noble alone, and of the engines only encodings.
 */
import { bls12_381 } from "@noble/curves/bls12-381.js";
import { secp256k1 } from "@noble/curves/secp256k1.js";

import { decodePoint, encodePoint } from "../../src/crypto/encoding";
import { nobleBackend } from "../../src/crypto/backendNoble";
import type { Engine, KeyPair } from "../../src/crypto/engine";
import { fromBigInt, toBigInt } from "../../src/crypto/scalar";
import { openSealed } from "../../src/crypto/sealedBox";
import { hashSharedSecret } from "../../src/crypto/umbral/params";

const { Point } = secp256k1;
const { Fn } = Point;

/** One rekeying of threshold 1 from owner to recipient, all of whose values the adversary has but the owner's secret key. */
export interface Loot {
  readonly engine: Engine;
  readonly kfrag: Uint8Array;
  readonly ownerPublicKey: Uint8Array;
  readonly recipient: KeyPair;
}

export interface Attacks {
  /** The recipient's secret and the node's key together: a candidate for the owner's secret key, 32 bytes. */
  collude(loot: Loot): Uint8Array;
  /** re_ba from re_ab: a candidate for the scalar that turns the recipient's points into the owner's, undefined where none is. */
  reverse(loot: Loot): Uint8Array | undefined;
  /** Whether the key seems to link this owner and this recipient: all relations to public keys that a node can try. */
  links(loot: Loot, ownerPublicKey: Uint8Array, recipientPublicKey: Uint8Array): boolean;
}

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
const umbral = (signerPublicKey: Uint8Array): Attacks => ({
  collude({ kfrag, recipient }) {
    const precursor = kfrag.slice(64, 97);
    const point = decodePoint(nobleBackend, "precursor", precursor);
    const shared = encodePoint(nobleBackend.multiply(point, recipient.secretKey));
    return product(kfrag.slice(32, 64), hashSharedSecret(precursor, recipient.publicKey, shared));
  },
  reverse: ({ kfrag }) => inverse(kfrag.slice(32, 64)),
  links: (loot, owner, recipient) => accepts(loot, owner, recipient, signerPublicKey),
});

/** rk = a/e with e in the box at the end; kfrag = rk 32 ‖ ... ‖ box 234 */
const ecies = (signerPublicKey: Uint8Array): Attacks => ({
  collude({ engine, kfrag, recipient }) {
    const ephemeral = openSealed(engine, recipient.secretKey, kfrag.slice(-234)).slice(0, 32);
    return product(kfrag.slice(0, 32), ephemeral);
  },
  reverse: ({ kfrag }) => inverse(kfrag.slice(0, 32)),
  links: (loot, owner, recipient) =>
    isQuotient(loot.kfrag.slice(0, 32), owner, recipient) || accepts(loot, owner, recipient, signerPublicKey),
});

/** rk = a/b; kfrag = rk 32 ‖ ... */
const bbs98 = (): Attacks => ({
  collude: ({ kfrag, recipient }) => product(kfrag.slice(0, 32), recipient.secretKey),
  reverse: ({ kfrag }) => inverse(kfrag.slice(0, 32)),
  links: ({ kfrag }, owner, recipient) => isQuotient(kfrag.slice(0, 32), owner, recipient),
});

/** rk = 1/a*Y_B is a point: 1/b*rk = 1/a*g2 is all that is to be had, and its bytes are not a. */
const afgh = (signerPublicKey: Uint8Array): Attacks => ({
  collude({ kfrag, recipient }) {
    const key = bls12_381.G2.Point.fromBytes(kfrag.slice(0, 96));
    return key.multiply(bls12_381.fields.Fr.inv(toBigInt(recipient.secretKey))).toBytes(true);
  },
  reverse: () => undefined,
  links: (loot, owner, recipient) => accepts(loot, owner, recipient, signerPublicKey),
});

/** The attacks on an engine by its name; the signer's public key is public. */
export function attacksOn(name: string, signerPublicKey: Uint8Array): Attacks {
  const known: Record<string, (signer: Uint8Array) => Attacks> = { umbral, ecies, bbs98, afgh };
  return known[name](signerPublicKey);
}
