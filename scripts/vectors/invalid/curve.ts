/** What engines on secp256k1 have to refuse. */
import { secp256k1 } from "@noble/curves/secp256k1.js";

import { keccak_256 } from "@noble/hashes/sha3.js";

import { concat, fromHex, toHex } from "../../../src/bytes";
import { bbs98 } from "../../../src/crypto/bbs98";
import { ecies } from "../../../src/crypto/ecies";
import { umbral } from "../../../src/crypto/umbral";
import type { Engine } from "../../../src/crypto/engine";
import { turnForgeries, umbralForgeries } from "../../engines/forgeries";
import { makeChain } from "../engines";
import {
  Argument,
  argumentsOf,
  bigEndian,
  forged,
  type InvalidTest,
  proof,
  shareHeaders,
  together,
  toInteger,
  twoVectors,
  type Vector,
} from "./kit";

const PRIME = 2n ** 256n - 2n ** 32n - 977n;
const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

/** Encodings at a place that are not the one of a point with x < n. */
export function points(argument: Argument, at: number, field: string): InvalidTest[] {
  const x = argument.bytes.slice(at + 1, at + 33);
  const refused = (comment: string, prefix: number, value: Uint8Array) =>
    argument.with(at, concat(Uint8Array.of(prefix), value), { comment, code: "E_BAD_ENCODING", field });
  return [
    refused(`${field}: the prefix of an uncompressed point`, 4, x),
    refused(`${field}: a point at infinity, as zeros`, 0, new Uint8Array(32)),
    refused(`${field}: x = 5, which no point has`, 2, bigEndian(5n, 32)),
    refused(`${field}: x = n, of a point that ecrecover cannot take`, 2, bigEndian(ORDER, 32)),
    refused(`${field}: x = p + 1, the point with x = 1 written otherwise`, 2, bigEndian(PRIME + 1n, 32)),
  ];
}

/** Encodings at a place that are not one of a scalar from 1 to n-1. */
export function scalars(argument: Argument, at: number, field: string): InvalidTest[] {
  const refused = (comment: string, value: bigint) =>
    argument.with(at, bigEndian(value, 32), { comment: `${field}: ${comment}`, code: "E_BAD_ENCODING", field });
  return [refused("zero", 0n), refused("n, which is zero", ORDER), refused("2^256 - 1", 2n ** 256n - 1n)];
}

/** Encodings at a place that are not the one of a signature. */
export function signatures(argument: Argument, at: number, field: string): InvalidTest[] {
  const s = toInteger(argument.bytes.subarray(at + 32, at + 64));
  const highS = { comment: `${field}: n - s, which verifies too`, code: "E_BAD_ENCODING", field };
  return [
    ...scalars(argument, at, `${field}.r`),
    ...scalars(argument, at + 32, `${field}.s`),
    argument.with(at + 32, bigEndian(ORDER - s, 32), highS),
  ];
}

/** The point at a place gives way to its negative: well formed, and another. */
export function negated(argument: Argument, at: number, what: string, code: string, field: string): InvalidTest {
  return argument.flipped(at, { comment: `${what} negated`, code, field });
}

const unsigned = (comment: string, field: string) => ({ comment, code: "E_BAD_SIGNATURE", field });

/** P + G. */
function plusBase(point: Uint8Array): Uint8Array {
  return secp256k1.Point.fromHex(toHex(point).slice(2)).add(secp256k1.Point.BASE).toBytes(true);
}

/** Keys and capsules E ‖ V ‖ s, which all three engines have alike. */
function keysAndCapsules(vector: Vector, other: Vector): InvalidTest[] {
  const valid = argumentsOf(vector);
  const secretKey = new Argument("publicKeyOf", "secretKey", valid.secretKey);
  const publicKey = new Argument("encapsulate", "publicKey", valid.publicKey);
  const capsule = new Argument("verifyCapsule", "capsule", valid.capsule);
  const otherCapsule = fromHex(other.capsule);
  const e = valid.capsule.subarray(0, 33);
  const v = valid.capsule.subarray(33, 66);
  return [
    ...[...secretKey.lengths(), ...scalars(secretKey, 0, "secretKey")],
    ...[...publicKey.lengths(), ...points(publicKey, 0, "publicKey")],
    ...capsule.lengths(),
    ...[...points(capsule, 0, "capsule.e"), ...points(capsule, 33, "capsule.v"), ...scalars(capsule, 66, "capsule.s")],
    negated(capsule, 0, "E", "E_BAD_PROOF", "capsule"),
    negated(capsule, 33, "V", "E_BAD_PROOF", "capsule"),
    capsule.flipped(97, proof("s is another", "capsule")),
    capsule.with(0, concat(v, e), proof("E and V exchanged", "capsule")),
    capsule.with(0, otherCapsule.subarray(0, 66), proof("E and V of another capsule", "capsule")),
    capsule.with(0, plusBase(e), proof("E + G, whose answer less that of G is the one for E", "capsule")),
  ];
}

/** The public keys that a fraction or an answer is checked against. */
function keysOf(operation: string, valid: Record<string, Uint8Array>): InvalidTest[] {
  return ["ownerPublicKey", "recipientPublicKey", "signerPublicKey"].flatMap((name) => {
    const key = new Argument(operation, name, valid[name]);
    return [...key.lengths(), ...points(key, 0, name)];
  });
}

/** The commitment of a policy that an answer is checked against. */
export function commitments(valid: Record<string, Uint8Array>): InvalidTest[] {
  const digest = new Argument("verify", "commitment.digest", valid["commitment.digest"]);
  const point = new Argument("verify", "commitment.point", valid["commitment.point"]);
  return [
    ...[...digest.lengths(), ...point.lengths()],
    digest.flipped(0, proof("the policy fixed another digest", "cfrag")),
    point.flipped(0, proof("the policy fixed another point", "cfrag")),
  ];
}

/** kfrag: id 32 ‖ rk 32 ‖ X_A 33 ‖ U1 33 ‖ proxy signature 64 ‖ recipient signature 64 ‖ flag 1 ‖ flag 1. */
function umbralFractions(valid: Record<string, Uint8Array>, other: Vector): InvalidTest[] {
  const kfrag = new Argument("verifyFraction", "kfrag", valid.kfrag);
  const owner = new Argument("verifyFraction", "ownerPublicKey", valid.ownerPublicKey);
  const signer = new Argument("verifyFraction", "signerPublicKey", valid.signerPublicKey);
  const [mine, theirs] = ["kfrag.proxySignature", "kfrag.recipientSignature"];
  const flag = (at: number, field: string) =>
    kfrag.with(at, Uint8Array.of(2), { comment: `${field}: 2`, code: "E_BAD_ENCODING", field });
  return [
    ...keysOf("verifyFraction", valid),
    ...[...kfrag.lengths(), ...scalars(kfrag, 32, "kfrag.key")],
    ...[...points(kfrag, 64, "kfrag.precursor"), ...points(kfrag, 97, "kfrag.commitment")],
    ...[...signatures(kfrag, 130, mine), ...signatures(kfrag, 194, theirs)],
    ...[flag(258, "kfrag.signsOwnerKey"), flag(259, "kfrag.signsRecipientKey")],
    kfrag.flipped(63, proof("rk is not the one committed to", "kfrag")),
    negated(kfrag, 97, "U1", "E_BAD_PROOF", "kfrag"),
    kfrag.flipped(0, unsigned("the id is another", theirs)),
    negated(kfrag, 64, "X_A", "E_BAD_SIGNATURE", theirs),
    kfrag.flipped(161, unsigned("the signature for the node is another", mine)),
    kfrag.with(258, Uint8Array.of(0), unsigned("the signature for the node names a key that its flag denies", mine)),
    owner.instead(fromHex(other.owner.publicKey), unsigned("it was made for another owner's key", theirs)),
    signer.instead(fromHex(other.signer.publicKey), unsigned("another owner signed it", theirs)),
  ];
}

const UMBRAL_POINTS = {
  ...{ e1: 0, v1: 33, precursor: 98, e2: 131 },
  ...{ v2: 164, commitment: 197, u2: 230 },
};

/** cfrag: E1 33 ‖ V1 33 ‖ id 32 ‖ X_A 33 ‖ E2 33 ‖ V2 33 ‖ U1 33 ‖ U2 33 ‖ z 32 ‖ recipient signature 64. */
function umbralAnswers(valid: Record<string, Uint8Array>, vector: Vector, other: Vector): InvalidTest[] {
  const cfrag = new Argument("verify", "cfrag", valid.cfrag);
  const capsule = new Argument("verify", "capsule", valid.capsule);
  const signer = new Argument("verify", "signerPublicKey", valid.signerPublicKey);
  const signature = "cfrag.recipientSignature";
  return [
    ...[...keysOf("verify", valid), ...commitments(valid), ...cfrag.lengths()],
    ...Object.entries(UMBRAL_POINTS).flatMap(([name, at]) => points(cfrag, at, `cfrag.${name}`)),
    ...[...scalars(cfrag, 263, "cfrag.z"), ...signatures(cfrag, 295, signature)],
    ...Object.entries(UMBRAL_POINTS).map(([name, at]) => negated(cfrag, at, name, "E_BAD_PROOF", "cfrag")),
    cfrag.flipped(66, proof("the id is another", "cfrag")),
    cfrag.flipped(294, proof("z is another", "cfrag")),
    cfrag.instead(fromHex(vector.fractions[1].cfrag), proof("the answer of another share", "cfrag")),
    capsule.instead(fromHex(other.capsule), proof("the answer to another capsule", "cfrag")),
    signer.instead(fromHex(other.signer.publicKey), unsigned("another owner signed its fraction", signature)),
  ];
}

/** wrapped: i 1 ‖ m 1 ‖ F_0 33 ‖ F_1 33 ‖ sealed, of a dealing that two answers open. */
function dealings(argument: Argument, at: number): InvalidTest[] {
  const { name } = argument;
  const third = { comment: "a third coefficient is missing", code: "E_BAD_ENCODING", field: name };
  return [
    ...shareHeaders(argument, at),
    argument.with(at + 1, Uint8Array.of(3), third),
    ...[0, 1].flatMap((degree) => points(argument, at + 2 + 33 * degree, `${name}.coefficients[${degree}]`)),
    argument.with(at, Uint8Array.of(2), proof("it says that it is another share", name)),
    negated(argument, at + 35, "F_1", "E_BAD_PROOF", name),
  ];
}

/** kfrag: rk_i 32 ‖ wrapped. */
function dealtFractions(valid: Record<string, Uint8Array>): InvalidTest[] {
  const kfrag = new Argument("verifyFraction", "kfrag", valid.kfrag);
  const minusFirst = Uint8Array.from(valid.kfrag.subarray(34, 67));
  minusFirst[0] ^= 1;
  const identity = { comment: "F_1 = -F_0: the first share's R is the identity", code: "E_IDENTITY" };
  return [
    ...[...keysOf("verifyFraction", valid), ...kfrag.lengths(), ...scalars(kfrag, 0, "kfrag.key")],
    ...dealings(kfrag, 32),
    kfrag.flipped(31, proof("rk is not the one committed to", "kfrag")),
    kfrag.with(67, minusFirst, identity),
  ];
}

const TURN_POINTS = { output: 0, commitment: 33, t1: 66, t2: 99 };

/** cfrag: E' 33 ‖ R 33 ‖ T1 33 ‖ T2 33 ‖ z 32 ‖ wrapped. */
function dealtAnswers(valid: Record<string, Uint8Array>, vector: Vector, other: Vector): InvalidTest[] {
  const cfrag = new Argument("verify", "cfrag", valid.cfrag);
  const capsule = new Argument("verify", "capsule", valid.capsule);
  return [
    ...[...keysOf("verify", valid), ...commitments(valid), ...cfrag.lengths()],
    ...Object.entries(TURN_POINTS).flatMap(([name, at]) => points(cfrag, at, `cfrag.${name}`)),
    ...[...scalars(cfrag, 132, "cfrag.z"), ...dealings(cfrag, 164)],
    ...Object.entries(TURN_POINTS).map(([name, at]) => negated(cfrag, at, name, "E_BAD_PROOF", "cfrag")),
    cfrag.flipped(163, proof("z is another", "cfrag")),
    cfrag.instead(fromHex(vector.fractions[1].cfrag), proof("the answer of another share", "cfrag")),
    capsule.instead(fromHex(other.capsule), proof("the answer to another capsule", "cfrag")),
  ];
}

/** Capsules that were turned three times: E 33 ‖ V 33 ‖ s 32, then 164 bytes for each turn. */
function turnedCapsules(valid: Record<string, Uint8Array>): InvalidTest[] {
  const turned = fromHex(makeChain(bbs98()).turned);
  const [original, first, second, third] = [0, 98, 262, 426].map((at, index) =>
    turned.subarray(at, [98, 262, 426, 590][index]),
  );
  const capsule = new Argument("verifyCapsule", "capsule", valid.capsule);
  const inTurn = (comment: string, turn: number, bytes: Uint8Array) =>
    capsule.instead(bytes, proof(comment, `capsule.turns[${turn}]`));
  const cut = { comment: "the last turn's last byte is missing", code: "E_BAD_ENCODING", field: "capsule" };
  const changedOutput = Uint8Array.from(third);
  changedOutput[0] ^= 1;
  return [
    capsule.instead(turned.subarray(0, 589), cut),
    inTurn("the first turn is missing", 0, concat(original, second, third)),
    inTurn("two turns exchanged", 0, concat(original, second, first, third)),
    inTurn("a turn comes twice", 1, concat(original, first, first)),
    inTurn("the last output negated", 2, concat(original, first, second, changedOutput)),
    inTurn("the turns of another capsule", 0, concat(valid.capsule, first)),
  ];
}

/** What only the recipient sees, who verifies two answers and opens the capsule with them. */
export function readings(valid: Record<string, Uint8Array>, other: Vector): InvalidTest[] {
  const argument = (name: string) => new Argument("read", name, valid[name]);
  const same = { comment: "both answers come from one share", code: "E_DUPLICATE_SHARE" };
  const wrongKey = { comment: "another recipient's secret key", code: "E_WRONG_KEY", field: "recipientSecretKey" };
  const parts = ["cfrag", "commitment.digest", "commitment.point"];
  const [first, ...rest] = parts.map((part) => argument(`second.${part}`).instead(valid[part], same));
  return [
    together(first, ...rest),
    argument("recipientSecretKey").instead(fromHex(other.recipient.secretKey), wrongKey),
  ];
}

/** What the box of a dealing of `ecies` shows its recipient alone: whose it is, and who made it. */
function boxes(valid: Record<string, Uint8Array>, other: Vector): InvalidTest[] {
  const argument = (name: string) => new Argument("read", name, valid[name]);
  const wrongKey = (comment: string) => ({ comment, code: "E_WRONG_KEY", field: "wrapped" });
  const flipped = wrongKey("the box is another, under commitments of its own");
  const changedBoxes = ["", "second."].flatMap((prefix) => {
    const cfrag = argument(`${prefix}cfrag`);
    const last = cfrag.bytes.length - 1;
    const wrapped = Uint8Array.from(cfrag.bytes.subarray(164));
    wrapped[wrapped.length - 1] ^= 1;
    const digest = keccak_256(concat(cfrag.bytes.subarray(33, 66), keccak_256(wrapped)));
    return [cfrag.flipped(last, flipped), argument(`${prefix}commitment.digest`).instead(digest, flipped)];
  });
  return [
    together(changedBoxes[0], ...changedBoxes.slice(1)),
    argument("ownerPublicKey").instead(fromHex(other.owner.publicKey), wrongKey("another owner's")),
    argument("signerPublicKey").instead(
      fromHex(other.signer.publicKey),
      unsigned("another owner signed what is in the box", "signature"),
    ),
  ];
}

export function umbralTests(): InvalidTest[] {
  const engine = umbral();
  const [vector, other] = twoVectors(engine);
  const valid = argumentsOf(vector);
  return [
    ...[...keysAndCapsules(vector, other), ...umbralFractions(valid, other)],
    ...[...umbralAnswers(valid, vector, other), ...forged(engine, valid, umbralForgeries), ...readings(valid, other)],
  ];
}

function dealtTests(engine: Engine): InvalidTest[] {
  const [vector, other] = twoVectors(engine);
  const valid = argumentsOf(vector);
  return [
    ...[...keysAndCapsules(vector, other), ...dealtFractions(valid)],
    ...[...dealtAnswers(valid, vector, other), ...forged(engine, valid, turnForgeries), ...readings(valid, other)],
  ];
}

export function eciesTests(): InvalidTest[] {
  const engine = ecies();
  const [vector, other] = twoVectors(engine);
  return [...dealtTests(engine), ...boxes(argumentsOf(vector), other)];
}

export function bbs98Tests(): InvalidTest[] {
  const engine = bbs98();
  const [vector] = twoVectors(engine);
  return [...dealtTests(engine), ...turnedCapsules(argumentsOf(vector))];
}
