/** What became of one node in a share or a read: every failure is named, with its reason and, for wrong answers, the evidence. */
import { NkmsError } from "../errors";
import type { Address } from "../protocol/abi";
import type { Json } from "../protocol/strictJson";

/** A node that did not do what it was asked. */
export interface NodeFailure {
  readonly node: Address;
  readonly url?: string;
  /** E_REVOKED, E_UNREACHABLE, E_BAD_PROOF…: the node's own reason, or what the client saw. */
  readonly code: string;
  readonly message: string;
  readonly why?: string;
  readonly fix?: string;
  /** For E_BAD_PROOF: the signed request and the signed answer, which together prove the node wrong. */
  readonly evidence?: WrongAnswer;
}

/** Both messages as they went over the wire. */
export interface WrongAnswer {
  readonly request: Json;
  readonly answer: Json;
}

/** E_BAD_PROOF: what this client saw for itself. A node's own words never become evidence. */
export class WrongAnswerError extends NkmsError {
  constructor(
    readonly evidence: WrongAnswer,
    cause: NkmsError,
  ) {
    super("E_BAD_PROOF", "The node answered wrongly.", {
      why: cause.message,
      fix: "Keep the evidence: its signed receipt proves the node wrong. The other nodes of the policy can answer instead.",
      cause,
    });
  }
}

/** The failure of a node from whatever was thrown on the way to it; what is no NkmsError is a bug and passes on. */
export function nodeFailure(node: Address, url: string | undefined, error: unknown): NodeFailure {
  if (!(error instanceof NkmsError)) throw error;
  const { code, message, why, fix } = error;
  const evidence = error instanceof WrongAnswerError ? error.evidence : undefined;
  return { node, url, code, message, why, fix, evidence };
}
