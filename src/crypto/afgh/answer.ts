/**
 * Answers of `afgh` in source groups (after Libert and Vergnaud, PKC 2008), so that everybody can check them, a contract too.
 *
 *   t from rk_i and the capsule, C1 = t*X_A, D = 1/t*rk_i, C2 = t*C
 *   holds if e(C1, D) = e(Gamma_i, Y_B) and C1, C2 have the same t to X_A, C
 *   that is h = H(X_A, C1, C, C2, z*X_A - h*C1, z*C - h*C2)
 *   e(C2_i, D_i) = Z^(r*b*rho_i), recipient: product of e(lambda_i/b*C2_i, D_i) = Z^r
 *
 * cfrag = C1 48 ‖ D 96 ‖ C2 48 ‖ h 32 ‖ z 32 ‖ wrapped. t and the proof's nonce are derived: an answer is a function of fraction and
 * capsule. D is of no use without t, which nobody but the node and the owner can compute.
 */
import { concat, equalBytes } from "../../bytes";
import { requireMinimum, splitFields } from "../encoding";
import type { ShareCommitment } from "../engine";
import { badProof } from "../errors";
import type { G1, G2, PairingBackend } from "../pairing";
import { lagrangeModulo } from "../lagrange";
import { oneDealing } from "../verifiedAnswers";
import type { Capsule } from "./capsule";
import { dealingCommitment, type Dealing, type KFrag } from "./dealing";
import { deriveScalar, hashPoints, readG1, readG2 } from "./encoding";
import type { Reader } from "./remember";
import { add, decodeGroupScalar, encodeScalar, GROUP_ORDER, invertGroupSecret, multiply, negate } from "./scalar";

const LAYOUT = [48, 96, 48, 32, 32];
const TURN_LENGTH = 256;

export interface CFrag {
  readonly c1: G1;
  readonly d: G2;
  readonly c2: G1;
  readonly h: bigint;
  readonly z: bigint;
  readonly dealing: Dealing;
}

/** Answers for one capsule of the fraction's owner with one fraction. */
export function makeAnswer(backend: PairingBackend, { encodedKey, key, dealing }: KFrag, capsule: Capsule): Uint8Array {
  const blinding = deriveScalar("blinding", encodedKey, capsule.bytes);
  const nonce = deriveScalar("nonce", encodedKey, capsule.bytes);
  // Not the nonce: an inversion that told t*nonce would tell t, of which z is public.
  const inversion = deriveScalar("inversion", encodedKey, capsule.bytes);
  const times = (scalar: bigint): [G1, G1] => [
    backend.multiplyG1(dealing.x, scalar),
    backend.multiplyG1(capsule.c, scalar),
  ];
  const [c1, c2] = times(blinding);
  const d = backend.multiplyG2(key, invertGroupSecret(blinding, inversion));
  const [u1, u2] = times(nonce);
  const h = hashPoints(backend, "answer", [dealing.x, c1, capsule.c, c2, u1, u2]);
  const z = add(nonce, multiply(h, blinding));
  const points = [backend.encodeG1(c1), backend.encodeG2(d), backend.encodeG1(c2)];
  return concat(...points, encodeScalar(h), encodeScalar(z), dealing.wrapped);
}

/** Reads a cfrag's encoding, its public side by `readShare`; it proves nothing yet. Throws E_BAD_ENCODING. */
export function readCFrag(backend: PairingBackend, bytes: Uint8Array, readShare: Reader<Dealing>): CFrag {
  requireMinimum("cfrag", bytes, TURN_LENGTH, "its turn");
  const copy = Uint8Array.from(bytes);
  const [c1, d, c2, h, z] = splitFields("cfrag", copy.subarray(0, TURN_LENGTH), LAYOUT) as Five;
  return {
    c1: readG1(backend, "cfrag.c1", c1),
    d: readG2(backend, "cfrag.d", d),
    c2: readG1(backend, "cfrag.c2", c2),
    h: decodeGroupScalar("cfrag.h", h),
    z: decodeGroupScalar("cfrag.z", z),
    dealing: readShare("cfrag", copy.slice(TURN_LENGTH)),
  };
}

/** Checks an answer by the commitment a policy fixed on chain and by its two proofs. Throws E_BAD_PROOF. */
export function verifyAnswer(
  backend: PairingBackend,
  capsule: Capsule,
  { c1, d, c2, h, z, dealing }: CFrag,
  commitment: ShareCommitment,
): void {
  const actual = dealingCommitment(backend, dealing);
  if (!equalBytes(actual.digest, commitment.digest)) throw badProof("cfrag", "commitment digest");
  if (!equalBytes(actual.point, commitment.point)) throw badProof("cfrag", "commitment point");
  const u1 = backend.combineG1Vartime([dealing.x, c1], [z, negate(h)]);
  const u2 = backend.combineG1Vartime([capsule.c, c2], [z, negate(h)]);
  if (hashPoints(backend, "answer", [dealing.x, c1, capsule.c, c2, u1, u2]) !== h) {
    throw badProof("cfrag", "proof of one exponent");
  }
  if (!backend.pairingsEqual([c1, d], [dealing.gamma, dealing.y])) {
    throw badProof("cfrag", "equation e(C1, D) = e(Gamma, Y_B)");
  }
}

/**
 * Z^r, 576 bytes, of the first m answers by 1/b. Throws E_NOT_ENOUGH_SHARES, E_MIXED_SHARES or E_DUPLICATE_SHARE.
 */
export function joinAnswers(backend: PairingBackend, cfrags: readonly CFrag[], inverse: bigint): Uint8Array {
  const shares = oneDealing(cfrags.map((cfrag) => ({ ...cfrag, ...cfrag.dealing })));
  const coefficients = lagrangeModulo(
    GROUP_ORDER,
    shares.map(({ index }) => BigInt(index)),
  );
  return backend.pairingProduct(
    shares.map(({ c2, d }, position) => [backend.multiplyG1(c2, multiply(coefficients[position], inverse)), d]),
  );
}

type Bytes = Uint8Array;
type Five = [Bytes, Bytes, Bytes, Bytes, Bytes];
