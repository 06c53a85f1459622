/** One party's signed agreement to a renewal that another party sends, as a text that may travel by any means. */
import type { Address } from "./abi";
import { encode, record, uint } from "./codec";
import { CONSENT_SIGNATURE, decodeConsentLine, SUBJECT } from "./consentLine";

export interface RenewalConsent {
  readonly chainId: bigint;
  readonly policyManager: Address;
  /** 0x hex, 32 bytes. */
  readonly policyId: string;
  /** Who agrees: the policy's payer or its owner. */
  readonly party: Address;
  /** Unix second at which the policy then ends. */
  readonly end: bigint;
  /** NKMS wei that may be taken from the party; 0 from an owner. */
  readonly maximum: bigint;
  /** First Unix second at which it is no longer valid. */
  readonly deadline: bigint;
  /** Of `PAYMENT` by the payer, of `GRANT` by the owner; 65 bytes from an account with a key. */
  readonly signature: Uint8Array;
}

const codec = record<RenewalConsent>({
  ...SUBJECT,
  end: uint(40),
  maximum: uint(256),
  deadline: uint(64),
  signature: CONSENT_SIGNATURE,
});

/** A consent as one line of JSON. */
export function encodeConsent(consent: RenewalConsent): string {
  return encode(codec, consent);
}

/** A consent from its text. Throws E_BAD_CONSENT. */
export function decodeConsent(line: string): RenewalConsent {
  const fix = "Ask the other party for the whole line that consentToRenew() or policy:consent gave.";
  return decodeConsentLine(codec, line, "renewal", fix);
}
