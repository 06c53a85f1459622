/** An owner's signed wish to end a policy, which anybody may send, as a text that may travel by any means. */
import type { Address } from "./abi";
import { encode, record } from "./codec";
import { CONSENT_SIGNATURE, decodeConsentLine, SUBJECT } from "./consentLine";

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

const codec = record<RevocationConsent>({
  ...SUBJECT,
  signature: CONSENT_SIGNATURE,
});

/** A consent as one line of JSON. */
export function encodeRevocation(consent: RevocationConsent): string {
  return encode(codec, consent);
}

/** A consent from its text. Throws E_BAD_CONSENT. */
export function decodeRevocation(line: string): RevocationConsent {
  const fix = "Ask the owner for the whole line that consentToRevoke() or policy:consent --revoke gave.";
  return decodeConsentLine(codec, line, "revocation", fix);
}
