/**
 * Opens a capsule with answers (Umbral's DecapsulateFrags).
 *
 *   DH = sk_B*X_A, d = H(X_A, pk_B, DH), x_i = H(X_A, pk_B, DH, id_i)
 *   E' = sum lambda_i*E1_i, V' = sum lambda_i*V1_i
 *   check s*pk_A = d*(h*E' + V'), then K = d*(E' + V')
 */
import { equalBytes } from "../../bytes";
import type { CurveBackend, Point, Scalar } from "../backend";
import { encodePoint } from "../encoding";
import { CryptoError } from "../errors";
import { wipe } from "../secrets";
import { deriveKey, type Capsule } from "./capsule";
import type { CFrag } from "./cfrag";
import { lagrangeAtZero } from "../lagrange";
import { hashShareIndex, hashSharedSecret } from "./params";

/** The recipient's pair, read and checked. */
export interface Recipient {
  readonly secretKey: Scalar;
  /** 33 bytes. */
  readonly publicKey: Uint8Array;
}

function notEnough(got: number): CryptoError {
  return new CryptoError("E_NOT_ENOUGH_SHARES", `${got} answers do not open this capsule.`, {
    why: "There are fewer than the owner's threshold, or they are of other keys than these, or the owner dealt what does not fit together.",
    fix: "Collect answers from more nodes of the policy. Give verify the signerPublicKey: it then refuses answers of other keys.",
    data: { got },
  });
}

/** Refuses answers of different rekeyings (E_MIXED_SHARES) and repeated ones (E_DUPLICATE_SHARE). */
function requireOneDealing(cfrags: readonly CFrag[]): void {
  const [first] = cfrags;
  if (!first) throw notEnough(0);
  cfrags.forEach((cfrag, index) => {
    if (!equalBytes(cfrag.fields.precursor, first.fields.precursor)) {
      throw new CryptoError("E_MIXED_SHARES", "The answers belong to different rekeyings.", { data: { index } });
    }
    if (cfrags.findIndex((other) => equalBytes(other.fields.id, cfrag.fields.id)) !== index) {
      throw new CryptoError("E_DUPLICATE_SHARE", "Two answers come from the same share.", { data: { index } });
    }
  });
}

/**
 * E' and V'. A single answer has the coefficient one. Variable time is allowed: the coefficients depend on DH only through the hash
 * that makes share indices, which is separated from the one that makes d, so that they tell nothing about d, DH or sk_B.
 */
function interpolate(backend: CurveBackend, cfrags: readonly CFrag[], indices: readonly Scalar[]): [Point, Point] {
  if (cfrags.length === 1) return [cfrags[0].e1, cfrags[0].v1];
  const coefficients = lagrangeAtZero(indices);
  return [
    backend.combineVartime(
      cfrags.map((cfrag) => cfrag.e1),
      coefficients,
    ),
    backend.combineVartime(
      cfrags.map((cfrag) => cfrag.v1),
      coefficients,
    ),
  ];
}

/** Opens the capsule with verified answers. Throws E_NOT_ENOUGH_SHARES, E_MIXED_SHARES or E_DUPLICATE_SHARE. */
export function openReencrypted(
  backend: CurveBackend,
  recipient: Recipient,
  ownerKey: Point,
  capsule: Capsule,
  cfrags: readonly CFrag[],
): Uint8Array {
  requireOneDealing(cfrags);
  const { precursor, fields } = cfrags[0];
  const shared = encodePoint(backend.multiply(precursor, recipient.secretKey));
  const secret = hashSharedSecret(fields.precursor, recipient.publicKey, shared);
  const indices = cfrags.map((cfrag) => hashShareIndex(fields.precursor, recipient.publicKey, shared, cfrag.fields.id));
  const [e, v] = interpolate(backend, cfrags, indices);
  const turned = backend.add(v, backend.combineVartime([e], [capsule.challenge]));
  const holds = equalBytes(backend.combineVartime([ownerKey], [capsule.s]), backend.multiply(turned, secret));
  const key = deriveKey(backend.multiply(backend.add(e, v), secret));
  wipe(shared, secret);
  if (!holds) throw notEnough(cfrags.length);
  return key;
}
