import { equalBytes } from "../bytes";
import type { CurveBackend, Point, Scalar } from "./backend";

/**
 * Whether s*G = commitment + challenge*point, by which a proof shows that its maker knows the point's logarithm (Schnorr 1991). In
 * variable time: all of it is public.
 */
export function provesLogarithmVartime(
  backend: CurveBackend,
  point: Point,
  commitment: Point,
  challenge: Scalar,
  s: Scalar,
): boolean {
  const claimed = backend.commitmentVartime(s, challenge, point);
  return claimed !== undefined && equalBytes(claimed, commitment);
}
