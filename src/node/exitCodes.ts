import { NkmsError } from "../errors";

/** Exit code after a second signal. */
export const EXIT_INTERRUPTED = 130;
const EXIT_BUG = 1;

/** What a node process that could not start exits with, by error code: 2 usage, 3 refused, 4 outside world, 5 keys, 7 integrity. */
const EXIT_CODES: Readonly<Record<string, number>> = {
  E_USAGE: 2,
  E_BAD_CONFIG: 2,
  E_PASSWORD_NEEDED: 2,
  E_KEY_NAME: 2,
  E_RPC_URL_MISSING: 2,
  E_NOT_REGISTERED: 3,
  E_RPC_FAILED: 4,
  E_NO_DEPLOYMENT: 4,
  E_PORT_IN_USE: 4,
  E_STORE_LOCKED: 4,
  E_WRONG_PASSWORD: 5,
  E_PASSWORD_FILE: 5,
  E_KEY_MISSING: 5,
  E_KEY_PERMISSIONS: 5,
  E_KEY_CORRUPT: 5,
  E_STORE_PERMISSIONS: 5,
  E_WRONG_KEY: 5,
  E_WRONG_CHAIN: 7,
  E_NOT_DEPLOYED: 7,
  E_BAD_DEPLOYMENT: 7,
  E_WRONG_STORE: 7,
  E_STORE_CORRUPT: 7,
};

/** 1 for anything not foreseen. */
export function exitCodeOf(error: unknown): number {
  return error instanceof NkmsError ? (EXIT_CODES[error.code] ?? EXIT_BUG) : EXIT_BUG;
}
