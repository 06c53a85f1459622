import { keccak_256 } from "@noble/hashes/sha3.js";

import { concat } from "../../bytes";
import { addressOf } from "../address";
import type { Point } from "../backend";
import type { ShareCommitment } from "../engine";
import type { KFrag } from "./kfrag";

/**
 * What a policy fixes on chain about one fraction: digest = keccak256(id 32 ‖ X_A 33 ‖ U1 33 ‖ recipient signature 64), point =
 * the Ethereum address of U1.
 */
export function shareCommitment(
  share: Pick<KFrag, "id" | "precursor" | "commitment" | "recipientSignature">,
  u1: Point,
): ShareCommitment {
  const digest = keccak_256(concat(share.id, share.precursor, share.commitment, share.recipientSignature));
  return { digest, point: addressOf(u1) };
}
