/**
 * CFrags, answers of nodes: a capsule turned by one fraction, with a proof. One encoding, 359 bytes:
 * E1 33 ‖ V1 33 ‖ id 32 ‖ X_A 33 ‖ E2 33 ‖ V2 33 ‖ U1 33 ‖ U2 33 ‖ z 32 ‖ recipient signature 64.
 */
import { concat } from "../../bytes";
import type { CurveBackend, Point, Scalar } from "../backend";
import { decodePoint, decodeScalar, decodeSignature, splitFields } from "../encoding";
import { hashProof, U_ENCODED } from "./params";

const LAYOUT = [33, 33, 32, 33, 33, 33, 33, 33, 32, 64];

/** The encoded fields of an answer, in order of the layout. */
export interface CFragFields {
  readonly e1: Uint8Array;
  readonly v1: Uint8Array;
  readonly id: Uint8Array;
  /** X_A. */
  readonly precursor: Uint8Array;
  readonly e2: Uint8Array;
  readonly v2: Uint8Array;
  /** U1. */
  readonly commitment: Uint8Array;
  readonly u2: Uint8Array;
  readonly z: Scalar;
  readonly recipientSignature: Uint8Array;
}

export interface CFrag {
  readonly fields: CFragFields;
  readonly e1: Point;
  readonly v1: Point;
  readonly precursor: Point;
  readonly e2: Point;
  readonly v2: Point;
  readonly u1: Point;
  readonly u2: Point;
}

export function encodeCFrag(fields: CFragFields): Uint8Array {
  const { e1, v1, id, precursor, e2, v2, commitment, u2, z, recipientSignature } = fields;
  return concat(e1, v1, id, precursor, e2, v2, commitment, u2, z, recipientSignature);
}

/** Reads a cfrag's encoding; it proves nothing yet. Throws E_BAD_ENCODING. */
export function decodeCFrag(backend: CurveBackend, bytes: Uint8Array): CFrag {
  const parts = splitFields("cfrag", bytes, LAYOUT);
  const [e1, v1, id, precursor, e2, v2, commitment, u2, z, recipientSignature] = parts as Parts;
  decodeScalar("cfrag.z", z);
  decodeSignature("cfrag.recipientSignature", recipientSignature);
  return {
    fields: { e1, v1, id, precursor, e2, v2, commitment, u2, z, recipientSignature },
    e1: decodePoint(backend, "cfrag.e1", e1),
    v1: decodePoint(backend, "cfrag.v1", v1),
    precursor: decodePoint(backend, "cfrag.precursor", precursor),
    e2: decodePoint(backend, "cfrag.e2", e2),
    v2: decodePoint(backend, "cfrag.v2", v2),
    u1: decodePoint(backend, "cfrag.commitment", commitment),
    u2: decodePoint(backend, "cfrag.u2", u2),
  };
}

/** The challenge h of an answer's proof. */
export function proofChallenge(e: Uint8Array, v: Uint8Array, share: Omit<CFragFields, "z">): Scalar {
  return hashProof(e, share.e1, share.e2, v, share.v1, share.v2, U_ENCODED, share.commitment, share.u2);
}

type Bytes = Uint8Array;
type Parts = [Bytes, Bytes, Bytes, Bytes, Bytes, Bytes, Bytes, Bytes, Bytes, Bytes];
