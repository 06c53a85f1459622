/** Exit codes of tasks: 0 done, 1 a bug, and one for each kind of error that a caller may act on. */
import { ContractRefusal } from "../../src/chain/refusals";
import { NkmsError } from "../../src/errors";

export const EXIT_BUG = 1;
const EXIT_REFUSED = 3;

/** Error codes by exit code. A refusal by a contract is 3 whatever its name. */
const EXIT_CODES: Record<number, readonly string[]> = {
  /** Usage: input missing or wrong, or a question that nobody could answer. */
  2: [
    "E_USAGE",
    "E_NOT_CONFIRMED",
    "E_PASSWORD_NEEDED",
    "E_BAD_AMOUNT",
    "E_BAD_PERIODS",
    "E_BAD_ADDRESS",
    "E_BAD_HEX",
    "E_BAD_MNEMONIC",
    "E_BAD_PARAMETERS",
    "E_KEY_NAME",
    "E_PASSWORD_TOO_SHORT",
    "E_RPC_URL_MISSING",
  ],
  /** The protocol refuses, and we know before asking a contract. */
  [EXIT_REFUSED]: [
    "E_NETWORK_NOT_ALLOWED",
    "E_NONCE_MOVED",
    "E_OTHER_DEPLOYER",
    "E_NOTHING_TO_WITHDRAW",
    "E_NO_POLICY",
  ],
  /** The outside world. */
  4: [
    "E_RPC_FAILED",
    "E_NO_BLOCK",
    "E_NO_ETHER",
    "E_NO_UNLOCKED_ACCOUNT",
    "E_NONCE_TAKEN",
    "E_NOT_MINED",
    "E_TRANSACTION_FAILED",
    "E_DEPLOYMENT_FAILED",
    "E_NO_DEPLOYMENT",
    "E_UNREACHABLE",
    "E_TIMEOUT",
  ],
  /** Keys. */
  5: [
    "E_WRONG_PASSWORD",
    "E_KEY_MISSING",
    "E_KEY_EXISTS",
    "E_KEY_PERMISSIONS",
    "E_KEY_CORRUPT",
    "E_PASSWORD_FILE",
    "E_WRONG_KEY",
  ],
  /** Access to data. */
  6: ["E_REVOKED", "E_EXPIRED", "E_NOT_YET", "E_NO_GRANT", "E_CONDITION", "E_NOT_ENOUGH_SHARES"],
  /** Integrity: what is there is not what it should be. */
  7: [
    "E_WRONG_CHAIN",
    "E_NOT_DEPLOYED",
    "E_BAD_DEPLOYMENT",
    "E_BAD_WIRING",
    "E_REVERTED",
    "E_BAD_PROOF",
    "E_TAMPERED",
    "E_TRUNCATED",
  ],
};

/** The exit code for anything thrown. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof ContractRefusal) return EXIT_REFUSED;
  if (!(error instanceof NkmsError)) return EXIT_BUG;
  const entry = Object.entries(EXIT_CODES).find(([, codes]) => codes.includes(error.code));
  return entry ? Number(entry[0]) : EXIT_BUG;
}
