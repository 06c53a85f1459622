/** An owner's signed wish to end a policy, which anybody may send, as a text that may travel by any means. */
import type { Address } from "./abi";
import { address, bytes, decode, encode, record, text, uint } from "./codec";
import { NkmsError } from "../errors";

/** It has no deadline: it holds until the policy has ended. */
export interface RevocationConsent {
  readonly chainId: bigint;
  readonly policyManager: Address;
  /** 0x hex, 32 bytes. */
  readonly policyId: string;
  /** The policy's owner. */
  readonly party: Address;
  /** Of `REVOCATION`; 65 bytes from an account with a key. */
  readonly signature: Uint8Array;
}

const MAX_SIGNATURE_BYTES = 4_096;

const codec = record<RevocationConsent>({
  chainId: uint(64),
  policyManager: address,
  policyId: text(/^0x[0-9a-f]{64}$/, 66, "a policy id"),
  party: address,
  signature: bytes(1, MAX_SIGNATURE_BYTES),
});

/** A consent as one line of JSON. */
export function encodeRevocation(consent: RevocationConsent): string {
  return encode(codec, consent);
}

/** A consent from its text. Throws E_BAD_CONSENT. */
export function decodeRevocation(line: string): RevocationConsent {
  try {
    return decode(codec, line.trim());
  } catch (cause) {
    throw new NkmsError("E_BAD_CONSENT", "The text is no consent to a revocation.", {
      why: cause instanceof NkmsError ? `${cause.message} ${cause.why ?? ""}`.trim() : undefined,
      fix: "Ask the owner for the whole line that consentToRevoke() or policy:consent --revoke gave.",
      cause,
    });
  }
}
