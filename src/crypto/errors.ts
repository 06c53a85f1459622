import { NkmsError } from "../errors";

/**
 * Every refusal of the crypto room. `data.field` names the value refused, `data.got` and `data.expected` describe it by its
 * public traits (length, count, prefix): never by secret bytes.
 *
 * | code | meaning |
 * | --- | --- |
 * | E_BAD_ENCODING | not the canonical encoding of a value of this kind |
 * | E_BAD_PROOF | well formed, but the proof or the commitment does not hold |
 * | E_BAD_SIGNATURE | well formed, but not signed by this key |
 * | E_IDENTITY | a sum of points is the point at infinity |
 * | E_BAD_PARAMETERS | a parameter set that is not one of the engine's own |
 * | E_BAD_THRESHOLD | threshold or number of shares out of range |
 * | E_NOT_ENOUGH_SHARES | the answers given do not open the capsule |
 * | E_DUPLICATE_SHARE | the same share twice |
 * | E_MIXED_SHARES | answers of different rekeyings or capsules |
 * | E_UNVERIFIED_ANSWER | an answer that `verify` did not make |
 * | E_KEY_REUSE | one key given for two purposes |
 * | E_INTERACTIVE | the scheme rekeys with both secret keys, and one is missing |
 * | E_TOO_MANY_HOPS | the capsule was turned as often as it may be |
 * | E_EXHAUSTED | a key was used as often as is safe |
 * | E_STALE_COUNT | another number is on record than was counted to |
 * | E_WRONG_KEY | the key is not the one this value was made for |
 * | E_TAMPERED | ciphertext, header or key do not belong together |
 * | E_TRUNCATED | the stream ends before its final chunk |
 * | E_TOO_LONG | more chunks than one key may encrypt |
 * | E_TOO_MANY_ROTATIONS | a file was rotated as often as it may be |
 * | E_BAD_FRACTION | no part of a whole: not between 0 and 1 |
 * | E_INCOMPLETE | a stream was not consumed to its end |
 * | E_BAD_RANDOM | the random source failed or is stuck |
 * | E_NO_BACKEND | the curve back-end asked for cannot be loaded |
 */
export class CryptoError extends NkmsError {}

/** E_BAD_ENCODING of one named field; `got` and `expected` are traits that may be shown. */
export function badEncoding(field: string, what: string, got: unknown, expected: unknown): CryptoError {
  return new CryptoError("E_BAD_ENCODING", `${field} ${what}.`, { data: { field, got, expected } });
}

/** E_BAD_PROOF of one named field; `part` names the equation or comparison that fails. */
export function badProof(field: string, part: string): CryptoError {
  return new CryptoError("E_BAD_PROOF", `The ${part} of the ${field} does not hold.`, { data: { field, part } });
}

/** E_KEY_REUSE of a rekeying's signing key. */
export function keyReuse(): CryptoError {
  return new CryptoError("E_KEY_REUSE", "The signing key is the encryption key.", {
    why: "The recipient and enough nodes learn the encryption key; they could then sign in the owner's name.",
    fix: "Sign with a key of its own.",
    data: { field: "signerSecretKey" },
  });
}

/** Runs the check of one value of a list; its refusal gets the value's place as `data.index`. */
export function atIndex<T>(index: number, check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (!(error instanceof CryptoError)) throw error;
    const { code, message, why, fix, data } = error;
    throw new CryptoError(code, message, { why, fix, data: { ...data, index }, cause: error });
  }
}
