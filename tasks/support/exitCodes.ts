/** Exit codes of tasks: 0 done, 1 a bug, and one for each kind of error that a caller may act on. */
import { ContractRefusal } from "../../src/chain/refusals";
import { NkmsError } from "../../src/errors";
import { exitCodeOf as nodeExitCodeOf } from "../../src/node/exitCodes";

const USAGE = 2;
const REFUSED = 3;
const OUTSIDE_WORLD = 4;
const KEYS = 5;
const ACCESS = 6;
const INTEGRITY = 7;

/** What tasks can meet beyond what a node process can; a contract's refusal is 3 whatever its name. */
const EXIT_CODES: Readonly<Record<string, number>> = {
  E_NOT_CONFIRMED: USAGE,
  E_BAD_AMOUNT: USAGE,
  E_BAD_ARGUMENT: USAGE,
  E_BAD_PERIODS: USAGE,
  E_BAD_ADDRESS: USAGE,
  E_BAD_MNEMONIC: USAGE,
  E_BAD_PARAMETERS: USAGE,
  E_PASSWORD_TOO_SHORT: USAGE,
  E_BAD_OPTION: USAGE,
  E_BAD_PATH: USAGE,
  E_BAD_CONDITION: USAGE,
  E_SENSELESS_CONDITION: USAGE,
  E_CONDITION_TOO_LONG: USAGE,
  E_BAD_CONSENT: USAGE,
  E_NOT_IN_POLICY: USAGE,
  E_CONSENT_MISMATCH: REFUSED,
  E_SAME_PARTY: REFUSED,
  E_DECLINED: REFUSED,
  E_UNKNOWN_RECIPIENT: REFUSED,
  E_INSUFFICIENT_BALANCE: REFUSED,
  E_INSUFFICIENT_ALLOWANCE: REFUSED,
  E_NODES_FALL_SHORT: OUTSIDE_WORLD,
  E_TOO_FEW_NODES: OUTSIDE_WORLD,
  E_NETWORK_NOT_ALLOWED: REFUSED,
  E_NONCE_MOVED: REFUSED,
  E_OTHER_DEPLOYER: REFUSED,
  E_NOTHING_TO_WITHDRAW: REFUSED,
  E_NO_BLOCK: OUTSIDE_WORLD,
  E_NO_ETHER: OUTSIDE_WORLD,
  E_NO_UNLOCKED_ACCOUNT: OUTSIDE_WORLD,
  E_NONCE_TAKEN: OUTSIDE_WORLD,
  E_NOT_MINED: OUTSIDE_WORLD,
  E_TRANSACTION_FAILED: OUTSIDE_WORLD,
  E_DEPLOYMENT_FAILED: OUTSIDE_WORLD,
  E_KEY_EXISTS: KEYS,
  E_CONDITION_FAILED: ACCESS,
  E_CONDITION_REVERTED: ACCESS,
  E_CONDITION_OUT_OF_GAS: ACCESS,
  E_BAD_WIRING: INTEGRITY,
  E_REVERTED: INTEGRITY,
};

/** The exit code for anything thrown. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof ContractRefusal) return REFUSED;
  const ours = error instanceof NkmsError ? EXIT_CODES[error.code] : undefined;
  return ours ?? nodeExitCodeOf(error);
}
