/**
 * Whether a contract tells a right answer from a wrong one with what it has: keccak256, SHA-256, arithmetic and the precompiles of a chain. It cannot
 * multiply points of secp256k1, so it takes products from whoever calls it, and compares their addresses with what `ecrecover` gives.
 */
import { bls12_381 } from "@noble/curves/bls12-381.js";
import { secp256k1 } from "@noble/curves/secp256k1.js";
import { keccak_256 } from "@noble/hashes/sha3.js";

import { concat, equalBytes, utf8 } from "../../src/bytes";
import { addressOf } from "../../src/crypto/address";
import type { Point as Encoded } from "../../src/crypto/backend";
import { nobleBackend } from "../../src/crypto/backendNoble";
import { schemeNamed } from "../../src/crypto/ecies/scheme";
import type { ShareCommitment } from "../../src/crypto/engine";
import { fromBigInt, toBigInt } from "../../src/crypto/scalar";
import { decodeCFrag, proofChallenge } from "../../src/crypto/umbral/cfrag";
import { U } from "../../src/crypto/umbral/params";

/** The output of a precompile by its number. */
export type Precompile = (number: number, input: Uint8Array) => Promise<Uint8Array>;

/** An answer of threshold 1, and what it is said to be the answer of. */
export interface Claim {
  readonly cfrag: Uint8Array;
  readonly capsule: Uint8Array;
  readonly commitment: ShareCommitment;
  readonly ownerPublicKey: Uint8Array;
  readonly recipientPublicKey: Uint8Array;
}

const ECRECOVER = 0x01;
const G1_MULTI_SCALAR = 0x0c;
const PAIRING = 0x0f;

const { Point } = secp256k1;
const { Fn } = Point;
type CurvePoint = typeof Point.BASE;

const addressOfPoint = (point: CurvePoint) => addressOf(point.toBytes(false) as Encoded);
const parts = (bytes: Uint8Array, count: number) =>
  Array.from({ length: count }, (_, at) => bytes.slice(33 * at, 33 * at + 33));

/** address(product) = address(scalar*point): ecrecover(0, v, x, scalar*x) for the point (x, v). */
async function isProduct(precompile: Precompile, product: CurvePoint, point: CurvePoint, scalar: bigint) {
  const encoded = point.toBytes(true);
  const x = toBigInt(encoded.slice(1));
  const input = concat(...[0n, BigInt(encoded[0] + 25), x, Fn.mul(scalar, x)].map(fromBigInt));
  const recovered = await precompile(ECRECOVER, input);
  return equalBytes(recovered.slice(12), addressOfPoint(product));
}

/** z*base = second + h*first. */
async function holds(
  precompile: Precompile,
  { z, h }: { z: bigint; h: bigint },
  [base, first, second]: readonly CurvePoint[],
): Promise<boolean> {
  const [left, right] = [base.multiply(z), first.multiply(h)];
  const areProducts = (await isProduct(precompile, left, base, z)) && (await isProduct(precompile, right, first, h));
  return areProducts && left.equals(second.add(right));
}

async function holdAll(
  precompile: Precompile,
  proof: { z: bigint; h: bigint },
  equations: readonly (readonly CurvePoint[])[],
): Promise<boolean> {
  const found = await Promise.all(equations.map((equation) => holds(precompile, proof, equation)));
  return found.every(Boolean);
}

async function checkUmbral(precompile: Precompile, { cfrag, capsule, commitment }: Claim): Promise<boolean> {
  const { fields } = decodeCFrag(nobleBackend, cfrag);
  const [e, v] = parts(capsule, 2);
  const proof = { z: toBigInt(fields.z), h: toBigInt(proofChallenge(e, v, fields)) };
  const u = Point.fromBytes(U).toBytes(true);
  const equations = [
    [e, fields.e1, fields.e2],
    [v, fields.v1, fields.v2],
    [u, fields.commitment, fields.u2],
  ].map((points) => points.map((point) => Point.fromBytes(point)));
  const isCommitted = equalBytes(addressOfPoint(equations[2][1]), commitment.point);
  return isCommitted && (await holdAll(precompile, proof, equations));
}

/** `ecies` and `bbs98`. */
async function checkTurn(name: string, precompile: Precompile, { cfrag, capsule, commitment }: Claim) {
  const [[e], [output, r, t1, t2]] = [parts(capsule, 1), parts(cfrag, 4)];
  const h = toBigInt(schemeNamed(name).hashTurn(r, e, output, t1, t2));
  const proof = { z: toBigInt(cfrag.slice(132, 164)), h };
  const equations = [
    [Point.BASE.toBytes(true), r, t1],
    [e, output, t2],
  ].map((points) => points.map((point) => Point.fromBytes(point)));
  const isCommitted = equalBytes(addressOfPoint(equations[0][1]), commitment.point);
  return isCommitted && (await holdAll(precompile, proof, equations));
}

const { G1, G2 } = bls12_381;
const { Fp, Fr } = bls12_381.fields;
const word = (value: bigint) => concat(new Uint8Array(16), Fp.toBytes(value));

/** A point as EIP-2537 has it. */
function encodeG1(point: typeof G1.Point.BASE): Uint8Array {
  const { x, y } = point.toAffine();
  return concat(word(x), word(y));
}

function encodeG2(point: typeof G2.Point.BASE): Uint8Array {
  const { x, y } = point.toAffine();
  return concat(...[x.c0, x.c1, y.c0, y.c1].map(word));
}

const modulo = (hash: Uint8Array) => (toBigInt(hash) % (Fr.ORDER - 1n)) + 1n;
const hashEncoded = (points: readonly Uint8Array[]) =>
  modulo(keccak_256(concat(keccak_256(utf8("nkms/v1/afgh/answer")), ...points)));

/** h of an answer of `afgh`, over X_A, C1, C, C2, U1, U2. */
export const answerChallenge = (points: readonly (typeof G1.Point.BASE)[]) => hashEncoded(points.map(encodeG1));

/** e(C1, D) = e(g1, Y_B), and h = H(X_A, C1, C, C2, z*X_A - h*C1, z*C - h*C2). */
async function checkAfgh(precompile: Precompile, claim: Claim): Promise<boolean> {
  const { cfrag, capsule, commitment, ownerPublicKey, recipientPublicKey } = claim;
  const readG1 = (bytes: Uint8Array) => encodeG1(G1.Point.fromBytes(bytes));
  const [c1, c2] = [cfrag.slice(0, 48), cfrag.slice(144, 192)].map(readG1);
  const [owner, c] = [ownerPublicKey.slice(0, 48), capsule.slice(48, 96)].map(readG1);
  const [d, recipient] = [cfrag.slice(48, 144), recipientPublicKey.slice(48)].map((bytes) =>
    encodeG2(G2.Point.fromBytes(bytes)),
  );
  const gamma = G1.Point.BASE;
  const [h, z] = [cfrag.slice(192, 224), cfrag.slice(224, 256)];
  const minusH = fromBigInt(Fr.neg(toBigInt(h)));
  const nonces = [concat(owner, z, c1, minusH), concat(c, z, c2, minusH)];
  const [u1, u2] = await Promise.all(nonces.map((input) => precompile(G1_MULTI_SCALAR, input)));
  const paired = await precompile(PAIRING, concat(c1, d, encodeG1(gamma.negate()), recipient));
  const isCommitted = equalBytes(keccak_256(encodeG1(gamma)).slice(12), commitment.point);
  return isCommitted && hashEncoded([owner, c1, c, c2, u1, u2]) === toBigInt(h) && toBigInt(paired) === 1n;
}

/** The check of an engine's answers by its name; lattice engines have none. */
export const contractChecks: Readonly<Record<string, (precompile: Precompile, claim: Claim) => Promise<boolean>>> = {
  umbral: checkUmbral,
  ecies: (precompile, claim) => checkTurn("ecies", precompile, claim),
  bbs98: (precompile, claim) => checkTurn("bbs98", precompile, claim),
  afgh: checkAfgh,
};
