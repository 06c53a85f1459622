/** One party's signed agreement to a renewal that another party sends, as a text that may travel by any means. */
import type { Address } from "./abi";
import { address, bytes, decode, encode, record, text, uint } from "./codec";
import { NkmsError } from "../errors";

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

const MAX_SIGNATURE_BYTES = 4_096;

const codec = record<RenewalConsent>({
  chainId: uint(64),
  policyManager: address,
  policyId: text(/^0x[0-9a-f]{64}$/, 66, "a policy id"),
  party: address,
  end: uint(40),
  maximum: uint(256),
  deadline: uint(64),
  signature: bytes(1, MAX_SIGNATURE_BYTES),
});

/** A consent as one line of JSON. */
export function encodeConsent(consent: RenewalConsent): string {
  return encode(codec, consent);
}

/** A consent from its text. Throws E_BAD_CONSENT. */
export function decodeConsent(line: string): RenewalConsent {
  try {
    return decode(codec, line.trim());
  } catch (cause) {
    throw new NkmsError("E_BAD_CONSENT", "The text is no consent to a renewal.", {
      why: cause instanceof NkmsError ? `${cause.message} ${cause.why ?? ""}`.trim() : undefined,
      fix: "Ask the other party for the whole line that consentToRenew() or policy:consent gave.",
      cause,
    });
  }
}
