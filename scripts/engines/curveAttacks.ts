/** The attacks on the engines of curves. They use noble for all arithmetic, and of the engines only encodings and hashes. */
import { bls12_381 } from "@noble/curves/bls12-381.js";
import { secp256k1 } from "@noble/curves/secp256k1.js";

import { concat } from "../../src/bytes";
import { deriveKey } from "../../src/crypto/afgh/encoding";
import { nobleBackend } from "../../src/crypto/backendNoble";
import { openBox } from "../../src/crypto/ecies/box";
import { schemeNamed } from "../../src/crypto/ecies/scheme";
import { decodePoint, encodePoint } from "../../src/crypto/encoding";
import type { KeyPair } from "../../src/crypto/engine";
import { lagrangeModulo } from "../../src/crypto/lagrange";
import { fromBigInt, toBigInt } from "../../src/crypto/scalar";
import { sign } from "../../src/crypto/signature";
import { decodeCFrag, proofChallenge } from "../../src/crypto/umbral/cfrag";
import { hashShareIndex, hashSharedSecret } from "../../src/crypto/umbral/params";
import type { Attacks, Loot, Node, Sight } from "./attack";
import { afghForgeries, turnForgeries, umbralForgeries } from "./forgeries";
import { keysOfEqualNonces, likeCapsules, type Proof } from "./proofs";
import { pointRelations } from "./relations";
import { refusal } from "./scene";

const { Point } = secp256k1;
const { Fn } = Point;

const product = (a: Uint8Array, b: Uint8Array) => fromBigInt(Fn.mul(toBigInt(a), toBigInt(b)));
const inverse = (a: Uint8Array) => fromBigInt(Fn.inv(toBigInt(a)));

/** The key's own checks. Where they pass under any public keys they tell nothing. */
function acceptance(
  loot: Loot,
  ownerPublicKey: Uint8Array,
  recipientPublicKey: Uint8Array,
  signer: Uint8Array,
): string[] {
  const keys = { ownerPublicKey, recipientPublicKey, signerPublicKey: signer };
  return refusal(() => loot.engine.verifyFraction(loot.kfrag, keys)) === undefined ? ["accepted"] : [];
}

/** What rk and all else in a key that is a scalar or a point have to do with the public keys and G. */
function relationsOf(key: Uint8Array, scalars: readonly Uint8Array[], points: readonly Uint8Array[]): string[] {
  const rk = toBigInt(key);
  const known = points.map((point) => Point.fromBytes(point));
  return pointRelations([Point.BASE, ...known], [rk, Fn.inv(rk), ...scalars.map(toBigInt)]);
}

/** x*rk for every rk that is one if nonces repeat; x turns rk to the owner's secret, and the recipient reads it in an answer. */
function fromProofs(
  sight: Sight,
  node: Node,
  proofOf: (capsule: Uint8Array, cfrag: Uint8Array) => Proof,
  divisorOf: (cfrag: Uint8Array) => Uint8Array,
): Uint8Array[] {
  const answers = likeCapsules(sight).map((capsule) => ({ capsule, cfrag: node(capsule) }));
  const proofs = answers.map(({ capsule, cfrag }) => proofOf(capsule, cfrag));
  const divisor = divisorOf(answers[0].cfrag);
  return keysOfEqualNonces(Fn, proofs).map((key) => product(fromBigInt(key), divisor));
}

/** f(0) of the scalars f(x_i). */
function joined(places: readonly bigint[], keys: readonly Uint8Array[]): Uint8Array {
  const terms = lagrangeModulo(Fn.ORDER, places).map((factor, at) => Fn.mul(factor, toBigInt(keys[at])));
  return fromBigInt(terms.reduce((sum, term) => Fn.add(sum, term)));
}

/** X_A ‖ pk_B ‖ sk_B*X_A, which all of a rekeying is hashed with. */
function umbralContext(precursor: Uint8Array, { publicKey, secretKey }: KeyPair): [Uint8Array, Uint8Array, Uint8Array] {
  const point = decodePoint(nobleBackend, "precursor", precursor);
  return [precursor, publicKey, encodePoint(nobleBackend.multiply(point, secretKey))];
}

/** d = H(X_A, pk_B, sk_B*X_A). */
const umbralDivisor = (precursor: Uint8Array, recipient: KeyPair) =>
  hashSharedSecret(...umbralContext(precursor, recipient));

/** x_i = H(X_A, pk_B, sk_B*X_A, id). */
function joinUmbral(kfrags: readonly Uint8Array[], { recipient }: Sight): Uint8Array {
  const [first] = kfrags;
  const context = umbralContext(first.slice(64, 97), recipient);
  const places = kfrags.map((kfrag) => toBigInt(hashShareIndex(...context, kfrag.slice(0, 32))));
  const key = joined(
    places,
    kfrags.map((kfrag) => kfrag.slice(32, 64)),
  );
  return concat(first.slice(0, 32), key, first.slice(64));
}

/** `ecies` and `bbs98`: rk_i 32 ‖ i 1 ‖ ... */
function joinDealt(kfrags: readonly Uint8Array[]): Uint8Array {
  const places = kfrags.map((kfrag) => BigInt(kfrag[32]));
  const key = joined(
    places,
    kfrags.map((kfrag) => kfrag.slice(0, 32)),
  );
  return concat(key, kfrags[0].slice(32));
}

/** E' and whatever else was turned, with the rest of the capsule that it is the turn of. */
const disguised = (length: number) => (cfrag: Uint8Array, capsule: Uint8Array) =>
  concat(cfrag.slice(0, length), capsule.slice(length));

function umbralProof(capsule: Uint8Array, cfrag: Uint8Array): Proof {
  const { fields } = decodeCFrag(nobleBackend, cfrag);
  return {
    z: toBigInt(fields.z),
    h: toBigInt(proofChallenge(capsule.slice(0, 33), capsule.slice(33, 66), fields)),
  };
}

/** rk = a/d; kfrag = id 32 ‖ rk 32 ‖ X_A 33 ‖ ..., cfrag = E1 33 ‖ V1 33 ‖ id 32 ‖ X_A 33 ‖ ... */
export const umbralAttacks = (signerPublicKey: Uint8Array): Attacks => ({
  join: joinUmbral,
  disguise: disguised(66),
  collude: ({ kfrag, recipient }) => product(kfrag.slice(32, 64), umbralDivisor(kfrag.slice(64, 97), recipient)),
  choose: (sight, node) =>
    fromProofs(sight, node, umbralProof, (cfrag) => umbralDivisor(cfrag.slice(98, 131), sight.recipient)),
  reverse: ({ kfrag }) => [inverse(kfrag.slice(32, 64))],
  relations: (loot, owner, recipient) => acceptance(loot, owner, recipient, signerPublicKey),
  forgeries: umbralForgeries,
});

/** cfrag = E' 33 ‖ R 33 ‖ T1 33 ‖ T2 33 ‖ z 32 ‖ wrapped, h over R, E, E', T1, T2. */
function turnProof(name: string, capsule: Uint8Array, cfrag: Uint8Array): Proof {
  const [output, ...rest] = [0, 33, 66, 99].map((start) => cfrag.slice(start, start + 33));
  const [commitment, ...nonces] = rest;
  const h = schemeNamed(name).hashTurn(commitment, capsule.slice(0, 33), output, ...nonces);
  return { z: toBigInt(cfrag.slice(132, 164)), h: toBigInt(h) };
}

/** e, from the box at the end; wrapped = i 1 ‖ m 1 ‖ F 33 ‖ box 234. */
function eciesDivisor(wrapped: Uint8Array, { ownerPublicKey, recipient }: Sight): Uint8Array {
  const context = concat(ownerPublicKey, wrapped.slice(2, -234));
  return openBox(nobleBackend, recipient.secretKey, wrapped.slice(-234), context).slice(0, 32);
}

/** rk = a/e; kfrag = rk 32 ‖ wrapped */
export const eciesAttacks = (signerPublicKey: Uint8Array): Attacks => ({
  join: joinDealt,
  disguise: disguised(33),
  collude: (loot) => product(loot.kfrag.slice(0, 32), eciesDivisor(loot.kfrag.slice(32), loot)),
  choose: (sight, node) =>
    fromProofs(sight, node, turnProof.bind(null, "ecies"), (cfrag) => eciesDivisor(cfrag.slice(164), sight)),
  reverse: ({ kfrag }) => [inverse(kfrag.slice(0, 32))],
  /** The points F_0, and E and V of the box, with its scalar s. */
  relations(loot, owner, recipient) {
    const { kfrag } = loot;
    const box = kfrag.slice(-234);
    const points = [owner, recipient, kfrag.slice(34, 67), box.slice(0, 33), box.slice(33, 66)];
    const related = relationsOf(kfrag.slice(0, 32), [box.slice(66, 98)], points);
    return [...related, ...acceptance(loot, owner, recipient, signerPublicKey)];
  },
  forgeries: turnForgeries,
});

/** rk = a/b; kfrag = rk 32 ‖ ... */
export const bbs98Attacks = (): Attacks => ({
  join: joinDealt,
  collude: ({ kfrag, recipient }) => product(kfrag.slice(0, 32), recipient.secretKey),
  choose: (sight, node) => fromProofs(sight, node, turnProof.bind(null, "bbs98"), () => sight.recipient.secretKey),
  reverse: ({ kfrag }) => [inverse(kfrag.slice(0, 32))],
  relations: ({ kfrag }, owner, recipient) =>
    relationsOf(kfrag.slice(0, 32), [], [owner, recipient, kfrag.slice(34, 67)]),
  forgeries: turnForgeries,
});

const { G1, G2 } = bls12_381;
const { Fp12, Fr } = bls12_381.fields;
const readG1 = (bytes: Uint8Array) => G1.Point.fromBytes(bytes);
const readG2 = (bytes: Uint8Array) => G2.Point.fromBytes(bytes);

/** 1/b*point, for rk = 1/a*Y_B the point 1/a*g2. */
const withoutRecipient = (point: typeof G2.Point.BASE, { recipient }: Sight) =>
  point.multiply(Fr.inv(toBigInt(recipient.secretKey))).toBytes(true);

/**
 * rk = 1/a*Y_B; kfrag = rk 96 ‖ i 1 ‖ m 1 ‖ X_A 48 ‖ Y_B 96 ‖ signature 64, cfrag = C1 48 ‖ D 96 ‖ C2 48 ‖ h 32 ‖ z 32 ‖ ... with z = t' + h*t and t*D = rk.
 * Colluders get 1/a*g2, and nobody knows how to get a number from it.
 */
export const afghAttacks = (signerPublicKey: Uint8Array): Attacks => ({
  /** rk_i 96 ‖ i 1 ‖ ..., a sum of points. */
  join(kfrags) {
    const factors = lagrangeModulo(
      Fr.ORDER,
      kfrags.map((kfrag) => BigInt(kfrag[96])),
    );
    const terms = kfrags.map((kfrag, at) => readG2(kfrag.slice(0, 96)).multiply(factors[at]));
    const key = terms.reduce((sum, term) => sum.add(term));
    return concat(key.toBytes(true), kfrags[0].slice(96));
  },
  /** X_B ‖ C2 ‖ V ‖ s. */
  disguise: (cfrag, capsule, recipientPublicKey) =>
    concat(recipientPublicKey.slice(0, 48), cfrag.slice(144, 192), capsule.slice(96)),
  collude: (loot) => withoutRecipient(readG2(loot.kfrag.slice(0, 96)), loot),
  /** All pairings of what they have with it and with the capsule: of the second level X 48 ‖ C 48 ‖ V 48 ‖ ..., of the first W 96. */
  open(got, { ownerPublicKey, recipient }, capsule) {
    const isFirst = capsule.length === 96;
    const own = [G1.Point.BASE, ...[ownerPublicKey, recipient.publicKey].map((key) => readG1(key.slice(0, 48)))];
    const inCapsule = isFirst ? [] : [0, 48, 96].map((start) => readG1(capsule.slice(start, start + 48)));
    const right = [got, ...(isFirst ? [capsule] : [])].map(readG2);
    const shared = [...own, ...inCapsule].flatMap((left) => right.map((point) => bls12_381.pairing(left, point)));
    return shared.map((one) => deriveKey(isFirst ? "first" : "second", Fp12.toBytes(one), capsule));
  },
  choose(sight, node) {
    const cfrags = likeCapsules(sight).map(node);
    const proofs = cfrags.map((cfrag) => ({ h: toBigInt(cfrag.slice(192, 224)), z: toBigInt(cfrag.slice(224, 256)) }));
    const blindings = keysOfEqualNonces(Fr, proofs);
    return cfrags.flatMap((cfrag) =>
      blindings.map((t) => withoutRecipient(readG2(cfrag.slice(48, 144)).multiply(t), sight)),
    );
  },
  /** There is no 1/rk in a group. What is to be had of rk and Y_A by adding them, in the place of 1/b*Y_A. */
  reverse({ kfrag, ownerPublicKey, recipient, signerSecretKey, random }) {
    const [key, target] = [kfrag.slice(0, 96), ownerPublicKey.slice(48)].map(readG2);
    const signed = concat(Uint8Array.of(1), recipient.publicKey.slice(0, 48), ownerPublicKey.slice(48));
    const dealing = concat(Uint8Array.of(1), signed, sign(signerSecretKey, "nkms/v1/afgh/dealing", signed, random));
    const candidates = [key, key.negate(), target, target.negate(), target.add(key), target.subtract(key)];
    return candidates.map((one) => concat(one.toBytes(true), dealing));
  },
  relations: (loot, owner, recipient) => acceptance(loot, owner, recipient, signerPublicKey),
  forgeries: afghForgeries,
});
