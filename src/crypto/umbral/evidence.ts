/**
 * Evidence about an answer for a contract, which can compare products of points (by `ecrecover`) and add points, but not multiply them. It takes
 * the products from whoever calls it, so nothing here has to be believed.
 */
import { concat, equalBytes } from "../../bytes";
import type { CurveBackend, Point } from "../backend";
import { encodePoint, requireLength } from "../encoding";
import type { Evidence, EvidencePoint } from "../engine";
import type { Capsule } from "./capsule";
import { proofChallenge, type CFrag } from "./cfrag";
import { fractionDigest, type RekeyKeys } from "./kfrag";
import { U } from "./params";
import { notSignedFor } from "./verify";

/** The order of other Umbral libraries. */
const ORDER_OF_POINTS: readonly EvidencePoint[] = [
  ...(["e", "ez", "e1", "e1h", "e2"] as const),
  ...(["v", "vz", "v1", "v1h", "v2"] as const),
  ...(["uz", "u1", "u1h", "u2"] as const),
];

/** The points of an answer's equations, whether they hold or not, and the parity that lets a contract recover the owner's key. */
export function makeEvidence(backend: CurveBackend, capsule: Capsule, cfrag: CFrag, keys: RekeyKeys): Evidence {
  const { e, v } = capsule;
  const { e1, e2, v1, v2, u1, u2, fields } = cfrag;
  const challenge = proofChallenge(encodePoint(e), encodePoint(v), fields);
  const [ez, vz, uz] = [e, v, U].map((point) => backend.combineVartime([point], [fields.z]));
  const [e1h, v1h, u1h] = [e1, v1, u1].map((point) => backend.combineVartime([point], [challenge]));
  const points = { e, ez, e1, e1h, e2, v, vz, v1, v1h, v2, uz, u1, u1h, u2 };
  const messageHash = fractionDigest(fields, keys.owner, keys.recipient);
  return { points, messageHash, oddNonce: isNonceOdd(backend, fields.recipientSignature, messageHash, keys.signer) };
}

/** Which of the two keys a signature may come from is the signer's. Throws E_BAD_SIGNATURE if neither is. */
function isNonceOdd(backend: CurveBackend, signature: Uint8Array, digest: Uint8Array, signer: Point): boolean {
  const parity = [0, 1].find((bit) => {
    const key = backend.recover(concat(signature, Uint8Array.of(bit)), digest);
    return key && equalBytes(key, signer);
  });
  if (parity !== undefined) return parity === 1;
  throw notSignedFor();
}

/** MessagePack as other Umbral libraries write it (`ReencryptionEvidence` of umbral-pre), 528 bytes. Throws E_BAD_ENCODING. */
export function packEvidence({ points, messageHash, oddNonce }: Evidence): Uint8Array {
  for (const name of ORDER_OF_POINTS) requireLength(name, points?.[name], 65);
  requireLength("messageHash", messageHash, 32);
  const bin = (bytes: Uint8Array) => concat(Uint8Array.of(0xc4, bytes.length), bytes);
  return concat(
    Uint8Array.of(0xdc, 0, ORDER_OF_POINTS.length + 2),
    ...ORDER_OF_POINTS.map((name) => bin(encodePoint(points[name]))),
    bin(messageHash),
    Uint8Array.of(oddNonce ? 0xc3 : 0xc2),
  );
}
