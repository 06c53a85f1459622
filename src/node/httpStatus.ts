/** The HTTP status of each code a node refuses with. */
const STATUS: Readonly<Record<string, number>> = {
  E_BAD_REQUEST: 400,
  E_BAD_JSON: 400,
  E_BAD_SIGNATURE: 401,
  E_NOT_YET: 403,
  E_NOT_FUNDED: 403,
  E_CONDITION: 403,
  E_STALE_REQUEST: 403,
  E_FEE_TOO_LOW: 403,
  E_DURATION: 403,
  E_FULL: 403,
  E_SUSPENDED: 403,
  E_LOCK_TOO_SHORT: 403,
  E_NO_CONDITIONS: 403,
  E_NO_GRANT: 404,
  E_NOT_FOUND: 404,
  E_TIMEOUT: 408,
  E_REPLAY: 409,
  E_GRANT_EXISTS: 409,
  E_REVOKED: 410,
  E_EXPIRED: 410,
  E_TOO_LARGE: 413,
  E_MEDIA_TYPE: 415,
  E_SCHEMA: 422,
  E_WRONG_CHAIN: 422,
  E_WRONG_ENGINE: 422,
  E_TERMS_MISMATCH: 422,
  E_BAD_FRACTION: 422,
  E_BAD_CAPSULE: 422,
  E_RATE: 429,
  E_HEADERS_TOO_LARGE: 431,
  E_NOT_READY: 503,
};

/** 500 for a code that is no refusal. */
export function statusOf(code: string): number {
  return STATUS[code] ?? 500;
}
