/** What all consents that travel as a line of text have in common. */
import { address, bytes, type Codec, decode, text, uint } from "./codec";
import { NkmsError } from "../errors";

const MAX_SIGNATURE_BYTES = 4_096;

/** Which policy on which chain a consent is about, and whose it is. */
export const SUBJECT = {
  chainId: uint(64),
  policyManager: address,
  policyId: text(/^0x[0-9a-f]{64}$/, 66, "a policy id"),
  party: address,
};

/** 65 bytes from an account with a key, more from a contract. */
export const CONSENT_SIGNATURE = bytes(1, MAX_SIGNATURE_BYTES);

/** A consent from its text. Throws E_BAD_CONSENT, which says what it should be and where to get it. */
export function decodeConsentLine<T>(codec: Codec<T>, line: string, what: string, fix: string): T {
  try {
    return decode(codec, line.trim());
  } catch (cause) {
    throw new NkmsError("E_BAD_CONSENT", `The text is no consent to a ${what}.`, {
      why: cause instanceof NkmsError ? `${cause.message} ${cause.why ?? ""}`.trim() : undefined,
      fix,
      cause,
    });
  }
}
