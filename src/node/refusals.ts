import { NkmsError } from "../errors";

/** E_RATE: too many requests from one address or of one requester. */
export function tooMany(retryAfterSeconds: number): NkmsError {
  return new NkmsError("E_RATE", "Too many requests.", {
    fix: `Ask again in ${retryAfterSeconds} s.`,
    data: { retryAfterSeconds },
  });
}
