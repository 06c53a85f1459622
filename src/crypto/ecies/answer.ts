/** CFrags of the dealt schemes: turn 164 ‖ wrapped (eq 15: c_B = (c_e, sk'_e)). */
import { concat, equalBytes } from "../../bytes";
import type { CurveBackend, Point } from "../backend";
import { requireMinimum } from "../encoding";
import type { ShareCommitment } from "../engine";
import { badProof } from "../errors";
import { lagrangeAtZero } from "../lagrange";
import { oneDealing } from "../verifiedAnswers";
import type { Capsule } from "./capsule";
import { commitmentAt, decodeDealing, dealingCommitment, indexScalar, type Dealing } from "./dealing";
import type { KFrag } from "./fraction";
import type { Scheme } from "./scheme";
import { decodeTurn, makeTurn, TURN_LENGTH, verifyTurn, type Turn } from "./turn";

export interface CFrag {
  readonly turn: Turn;
  readonly dealing: Dealing;
}

/** Answers for one capsule with one fraction. */
export function makeAnswer(backend: CurveBackend, scheme: Scheme, kfrag: KFrag, capsule: Capsule): Uint8Array {
  return concat(makeTurn(backend, scheme, kfrag.key, capsule.point), kfrag.dealing.wrapped);
}

/** Reads a cfrag's encoding; it proves nothing yet. Throws E_BAD_ENCODING. */
export function decodeCFrag(backend: CurveBackend, bytes: Uint8Array, sealedLength: number): CFrag {
  requireMinimum("cfrag", bytes, TURN_LENGTH, "its turn");
  const copy = Uint8Array.from(bytes);
  return {
    turn: decodeTurn(backend, "cfrag", copy.subarray(0, TURN_LENGTH)),
    dealing: decodeDealing(backend, "cfrag", copy.subarray(TURN_LENGTH), sealedLength),
  };
}

/**
 * Checks an answer by the commitment a policy fixed on chain, which pins R_i and all that is wrapped, by the dealing, and by its
 * proof. Throws E_BAD_PROOF.
 */
export function verifyAnswer(
  backend: CurveBackend,
  scheme: Scheme,
  capsule: Capsule,
  { turn, dealing }: CFrag,
  commitment: ShareCommitment,
): void {
  const actual = dealingCommitment(turn.commitment, dealing.wrapped);
  if (!equalBytes(actual.digest, commitment.digest)) throw badProof("cfrag", "commitment digest");
  if (!equalBytes(actual.point, commitment.point)) throw badProof("cfrag", "commitment point");
  if (!equalBytes(turn.commitment, commitmentAt(backend, dealing))) throw badProof("cfrag", "sum R = i^j*F_j");
  verifyTurn(backend, scheme, "cfrag", capsule.point, turn);
}

/**
 * rk*E = sum lambda_i*E'_i of the first m answers, and the dealing they share. Throws E_NOT_ENOUGH_SHARES, E_MIXED_SHARES or
 * E_DUPLICATE_SHARE.
 */
export function joinAnswers(backend: CurveBackend, cfrags: readonly CFrag[]): { point: Point; dealing: Dealing } {
  const shares = oneDealing(cfrags.map(({ turn, dealing }) => ({ ...dealing, turn, dealing })));
  const [{ dealing, turn }] = shares;
  if (shares.length === 1) return { point: turn.output, dealing };
  const coefficients = lagrangeAtZero(shares.map(({ index }) => indexScalar(index)));
  const outputs = shares.map((share) => share.turn.output);
  return { point: backend.combineVartime(outputs, coefficients), dealing };
}
