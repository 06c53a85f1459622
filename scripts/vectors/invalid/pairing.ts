/** What the engine on BLS12-381 has to refuse. */
import { bls12_381 } from "@noble/curves/bls12-381.js";

import { fromHex } from "../../../src/bytes";
import { afgh } from "../../../src/crypto/afgh";
import type { LevelledEngine } from "../../../src/crypto/engine";
import { afghForgeries } from "../../engines/forgeries";
import { makeFirstLevel } from "../engines";
import { commitments, points as curvePoints, readings, signatures } from "./curve";
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

const PRIME = 0x1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaabn;
const ORDER = 0x73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001n;
const COMPRESSED = 0x80;
const INFINITY = 0x40;
const SIGN = 0x20;
const FLAGS = 0xe0;

const wrongKey = (comment: string, field: string) => ({ comment, code: "E_WRONG_KEY", field });

function flagged(flags: number, bytes: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(bytes);
  copy[0] |= flags;
  return copy;
}

/** Encodings at a place that are not the one of a point of the group of prime order. `length` is 48 in G1 and 96 in G2. */
function points(argument: Argument, at: number, length: 48 | 96, field: string): InvalidTest[] {
  const valid = argument.bytes.slice(at, at + length);
  const refused = (comment: string, bytes: Uint8Array) =>
    argument.with(at, bytes, { comment: `${field}: ${comment}`, code: "E_BAD_ENCODING", field });
  const withX = (x: bigint) => flagged(COMPRESSED, bigEndian(x, length));
  const infinity = flagged(COMPRESSED | INFINITY, new Uint8Array(length));
  const [noPoint, notInGroup] = length === 48 ? [1n, 4n] : [0n, 2n];
  const uncompressed = Uint8Array.from(valid);
  uncompressed[0] &= 0x7f;
  const infinityAndMore = Uint8Array.from(infinity);
  infinityAndMore[length - 1] = 1;
  return [
    refused("the identity", infinity),
    refused("the identity, with a sign", flagged(SIGN, infinity)),
    refused("the identity, with an x", infinityAndMore),
    refused("without the mark of compression", uncompressed),
    refused(`x = ${noPoint}, which no point has`, withX(noPoint)),
    refused(`x = ${notInGroup}, of a point outside the group of prime order`, withX(notInGroup)),
    ...unreduced(valid, length).map((bytes) => refused("a coordinate with p added", bytes)),
    ...(length === 48 ? [refused("x = 0, of a point of order 3", withX(0n))] : []),
  ];
}

/** The same point with p added to x, or to the real part of it in G2: where that leaves the three flags alone. */
function unreduced(valid: Uint8Array, length: 48 | 96): Uint8Array[] {
  const x = Uint8Array.from(valid.subarray(length - 48));
  const flags = length === 48 ? x[0] & FLAGS : 0;
  x[0] ^= flags;
  const sum = toInteger(x) + PRIME;
  if (length === 48 && sum >= 2n ** 381n) return [];
  const bytes = Uint8Array.from(valid);
  bytes.set(flagged(flags, bigEndian(sum, 48)), length - 48);
  return [bytes];
}

/** Encodings at a place that are not one of a scalar from 1 to q-1. */
function scalars(argument: Argument, at: number, field: string): InvalidTest[] {
  const valid = toInteger(argument.bytes.subarray(at, at + 32));
  const refused = (comment: string, value: bigint) =>
    argument.with(at, bigEndian(value, 32), { comment: `${field}: ${comment}`, code: "E_BAD_ENCODING", field });
  return [
    refused("zero", 0n),
    refused("q, which is zero", ORDER),
    refused("2^256 - 1", 2n ** 256n - 1n),
    refused("the valid value with q added", valid + ORDER),
  ];
}

function negated(argument: Argument, at: number, what: string, code: string, field: string): InvalidTest {
  return argument.with(at, Uint8Array.of(argument.bytes[at] ^ SIGN), { comment: `${what} negated`, code, field });
}

/** Public key X 48 ‖ Y 96. */
function publicKeys(operation: string, name: string, valid: Uint8Array, other: Uint8Array): InvalidTest[] {
  const key = new Argument(operation, name, valid);
  return [
    ...[...key.lengths(), ...points(key, 0, 48, `${name}.x`), ...points(key, 48, 96, `${name}.y`)],
    key.with(48, other.subarray(48), proof("Y of another key", name)),
  ];
}

/** Capsule X 48 ‖ C 48 ‖ V 48 ‖ s 32. */
function capsules(valid: Uint8Array, other: Uint8Array): InvalidTest[] {
  const capsule = new Argument("verifyCapsule", "capsule", valid);
  return [
    ...capsule.lengths(),
    ...["x", "c", "v"].flatMap((name, index) => points(capsule, 48 * index, 48, `capsule.${name}`)),
    ...scalars(capsule, 144, "capsule.s"),
    ...["X", "C", "V"].map((what, index) => negated(capsule, 48 * index, what, "E_BAD_PROOF", "capsule")),
    capsule.flipped(175, proof("s is another", "capsule")),
    capsule.with(0, other.subarray(0, 48), proof("X of another owner", "capsule")),
    capsule.with(48, other.subarray(48, 144), proof("C and V of another capsule", "capsule")),
  ];
}

/** wrapped: i 1 ‖ m 1 ‖ X_A 48 ‖ Y_B 96 ‖ A_1 48 ‖ signature 64, of a dealing that two answers open. */
function dealings(argument: Argument, at: number): InvalidTest[] {
  const { name } = argument;
  const third = { comment: "a second coefficient is missing", code: "E_BAD_ENCODING", field: name };
  const minusBase = bls12_381.G1.Point.BASE.negate().toBytes(true);
  const identity = { comment: "A_1 = -g1: the first share's Gamma is the identity", code: "E_IDENTITY" };
  return [
    ...shareHeaders(argument, at),
    argument.with(at + 1, Uint8Array.of(3), third),
    ...points(argument, at + 2, 48, `${name}.owner`),
    ...points(argument, at + 50, 96, `${name}.recipient`),
    ...points(argument, at + 146, 48, `${name}.coefficients[0]`),
    ...signatures(argument, at + 194, `${name}.signature`),
    argument.with(at + 146, minusBase, identity),
  ];
}

/** kfrag: rk_i 96 ‖ wrapped. */
function fractions(valid: Record<string, Uint8Array>, vector: Vector, other: Vector): InvalidTest[] {
  const kfrag = new Argument("verifyFraction", "kfrag", valid.kfrag);
  const argument = (name: string) => new Argument("verifyFraction", name, valid[name]);
  const signer = argument("signerPublicKey");
  const unsigned = { comment: "another owner signed it", code: "E_BAD_SIGNATURE", field: "signature" };
  return [
    ...[...kfrag.lengths(), ...points(kfrag, 0, 96, "kfrag.key"), ...dealings(kfrag, 96)],
    ...[...signer.lengths(), ...curvePoints(signer, 0, "signerPublicKey")],
    negated(kfrag, 0, "rk", "E_BAD_PROOF", "kfrag"),
    kfrag.with(0, fromHex(vector.fractions[1].kfrag).subarray(0, 96), proof("rk of another share", "kfrag")),
    kfrag.with(96, Uint8Array.of(2), proof("it says that it is another share", "kfrag")),
    signer.instead(fromHex(other.signer.publicKey), unsigned),
    argument("ownerPublicKey").instead(fromHex(other.owner.publicKey), wrongKey("another owner's", "ownerPublicKey")),
    argument("recipientPublicKey").instead(
      fromHex(other.recipient.publicKey),
      wrongKey("another recipient's", "recipientPublicKey"),
    ),
  ];
}

/** cfrag: C1 48 ‖ D 96 ‖ C2 48 ‖ h 32 ‖ z 32 ‖ wrapped. */
function answers(valid: Record<string, Uint8Array>, vector: Vector, other: Vector): InvalidTest[] {
  const cfrag = new Argument("verify", "cfrag", valid.cfrag);
  const signer = new Argument("verify", "signerPublicKey", valid.signerPublicKey);
  const owner = new Argument("verify", "ownerPublicKey", valid.ownerPublicKey);
  const unsigned = { comment: "another owner signed its fraction", code: "E_BAD_SIGNATURE", field: "signature" };
  const identity = { comment: "C1 = X_A and h = z: z*X_A - h*C1 is the identity", code: "E_IDENTITY" };
  const z = valid.cfrag.slice(224, 256);
  return [
    ...[...commitments(valid), ...cfrag.lengths()],
    ...points(cfrag, 0, 48, "cfrag.c1"),
    ...points(cfrag, 48, 96, "cfrag.d"),
    ...points(cfrag, 144, 48, "cfrag.c2"),
    ...[...scalars(cfrag, 192, "cfrag.h"), ...scalars(cfrag, 224, "cfrag.z"), ...dealings(cfrag, 256)],
    negated(cfrag, 0, "C1", "E_BAD_PROOF", "cfrag"),
    negated(cfrag, 48, "D", "E_BAD_PROOF", "cfrag"),
    negated(cfrag, 144, "C2", "E_BAD_PROOF", "cfrag"),
    cfrag.flipped(223, proof("h is another", "cfrag")),
    cfrag.flipped(255, proof("z is another", "cfrag")),
    together(cfrag.with(0, valid.capsule.subarray(0, 48), identity), cfrag.with(192, z, identity)),
    cfrag.instead(fromHex(vector.fractions[1].cfrag), proof("the answer of another share", "cfrag")),
    signer.instead(fromHex(other.signer.publicKey), unsigned),
    owner.instead(fromHex(other.owner.publicKey), wrongKey("another owner's", "ownerPublicKey")),
  ];
}

/** A capsule of the first level, one point of G2. */
function firstLevel(engine: LevelledEngine): InvalidTest[] {
  const capsule = new Argument("decapsulateFirstLevel", "capsule", fromHex(makeFirstLevel(engine).capsule));
  return [...capsule.lengths(), ...points(capsule, 0, 96, "capsule")];
}

export function afghTests(): InvalidTest[] {
  const engine = afgh();
  const [vector, other] = twoVectors(engine);
  const valid = argumentsOf(vector);
  const secretKey = new Argument("publicKeyOf", "secretKey", valid.secretKey);
  const otherKey = fromHex(other.owner.publicKey);
  return [
    ...[...secretKey.lengths(), ...scalars(secretKey, 0, "secretKey")],
    ...publicKeys("encapsulate", "publicKey", valid.publicKey, otherKey),
    ...capsules(valid.capsule, fromHex(other.capsule)),
    ...fractions(valid, vector, other),
    ...[...answers(valid, vector, other), ...forged(engine, valid, afghForgeries), ...readings(valid, other)],
    ...firstLevel(engine),
  ];
}
