/** Checks answers against the capsule and what the owner fixed about the fraction. */
import { equalBytes } from "../../bytes";
import type { CurveBackend, Point, Scalar } from "../backend";
import { encodePoint } from "../encoding";
import type { ShareCommitment } from "../engine";
import { badProof, CryptoError } from "../errors";
import type { Capsule } from "./capsule";
import { proofChallenge, type CFrag } from "./cfrag";
import { fractionDigest, type RekeyKeys } from "./kfrag";
import { U } from "./params";
import { shareCommitment } from "./shareCommitment";

/** product = second + h*first, the shape of all three equations. */
function requireEquation(
  backend: CurveBackend,
  part: string,
  z: Scalar,
  challenge: Scalar,
  [base, first, second]: [Point, Point, Point],
): void {
  const expected = backend.add(second, backend.combineVartime([first], [challenge]));
  if (!equalBytes(backend.combineVartime([base], [z]), expected)) throw badProof("cfrag", part);
}

/**
 * The proof itself: z*E = E2 + h*E1, z*V = V2 + h*V1, z*U = U2 + h*U1. All three are needed, because the node chooses E2, V2
 * and U2. Throws E_BAD_PROOF naming the equation.
 */
export function verifyProof(backend: CurveBackend, capsule: Capsule, cfrag: CFrag): void {
  const challenge = proofChallenge(encodePoint(capsule.e), encodePoint(capsule.v), cfrag.fields);
  const { z } = cfrag.fields;
  requireEquation(backend, "equation z*E = E2 + h*E1", z, challenge, [capsule.e, cfrag.e1, cfrag.e2]);
  requireEquation(backend, "equation z*V = V2 + h*V1", z, challenge, [capsule.v, cfrag.v1, cfrag.v2]);
  requireEquation(backend, "equation z*U = U2 + h*U1", z, challenge, [U, cfrag.u1, cfrag.u2]);
}

/** Checks an answer by the commitment a policy fixed on chain, which pins X_A, U1 and the owner's signature. Throws E_BAD_PROOF. */
export function verifyCommitment(cfrag: CFrag, commitment: ShareCommitment): void {
  const actual = shareCommitment(cfrag.fields, cfrag.u1);
  if (!equalBytes(actual.digest, commitment.digest)) throw badProof("cfrag", "commitment digest");
  if (!equalBytes(actual.point, commitment.point)) throw badProof("cfrag", "commitment point");
}

/** Checks that the owner signed the answer's fraction for these keys. Throws E_BAD_SIGNATURE. */
export function verifyRecipientSignature(backend: CurveBackend, { fields }: CFrag, keys: RekeyKeys): void {
  const digest = fractionDigest(fields, keys.owner, keys.recipient);
  if (!backend.verify(fields.recipientSignature, digest, keys.signer)) throw notSignedFor();
}

/** E_BAD_SIGNATURE of an answer whose fraction is of other keys. */
export function notSignedFor(): CryptoError {
  return new CryptoError("E_BAD_SIGNATURE", "The owner did not sign this answer's fraction for these keys.", {
    why: "Owner, recipient or signer is another than the fraction was made for.",
    data: { field: "cfrag.recipientSignature" },
  });
}
