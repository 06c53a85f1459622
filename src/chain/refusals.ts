/** Turns what a contract or an RPC server answers into typed errors with what happened, why, and what to do. */
import { Interface, isError, isHexString } from "ethers";

import { AfghProof__factory } from "../../typechain-types/factories/contracts/libraries/AfghProof__factory";
import { NkmsError } from "../errors";
import { CONTRACT_FACTORIES } from "./contracts";
import { CONDITION_TEXTS } from "./texts/conditions";
import { PAYMENT_TEXTS } from "./texts/payments";
import { POINT_TEXTS } from "./texts/points";
import { POLICY_TEXTS } from "./texts/policy";
import { REGISTRY_TEXTS } from "./texts/registries";
import { STAKING_TEXTS } from "./texts/staking";
import type { RefusalTexts, Value, Words } from "./texts/text";
import { TOKEN_TEXTS } from "./texts/token";

/** A contract of ours said no: the code is `E_` and the custom error's name in upper snake case, `data` its arguments. */
export class ContractRefusal extends NkmsError {}

/** The words for every custom error of our contracts, by name. */
export const REFUSAL_TEXTS: RefusalTexts = {
  ...TOKEN_TEXTS,
  ...STAKING_TEXTS,
  ...REGISTRY_TEXTS,
  ...POLICY_TEXTS,
  ...CONDITION_TEXTS,
  ...PAYMENT_TEXTS,
  ...POINT_TEXTS,
};

const MAX_NESTING = 8;

/** Of every contract of a deployment, and of the library that integrators put into contracts of their own. */
const errors = new Interface(
  [...Object.values(CONTRACT_FACTORIES), AfghProof__factory].flatMap(({ abi }) =>
    abi.filter(({ type }) => type === "error"),
  ),
);

/** The error code of a custom error: `LockNotExpired` is `E_LOCK_NOT_EXPIRED`, `ERC20InvalidSpender` `E_ERC20_INVALID_SPENDER`. */
export function refusalCode(name: string): string {
  const words = name.replace(/([a-z0-9])([A-Z])/g, "$1_$2").replace(/([A-Z])([A-Z][a-z])/g, "$1_$2");
  return `E_${words.toUpperCase()}`;
}

/** The typed error for anything thrown by a call, an estimate or a sending. Errors that are already typed pass unchanged. */
export function explain(error: unknown): NkmsError {
  if (error instanceof NkmsError) return error;
  const data = revertData(error);
  if (data !== undefined) return explainRevert(data, error);
  return explainTransport(error);
}

/** Awaits a read or a check; what it throws becomes typed. */
export async function explained<T>(promise: Promise<T>): Promise<T> {
  try {
    return await promise;
  } catch (error) {
    throw explain(error);
  }
}

function explainRevert(data: string, cause: unknown): NkmsError {
  const parsed = errors.parseError(data);
  if (parsed && parsed.name in REFUSAL_TEXTS) {
    return refusal(parsed.name, parsed.args.toObject() as Record<string, Value>);
  }
  return new NkmsError("E_REVERTED", "A contract reverted without an error of ours. Nothing was sent.", {
    why: parsed ? `It said ${parsed.name}(${parsed.args.join(", ")}).` : `It said ${data}.`,
    fix: "Check that the addresses belong to this deployment; if they do, it is a bug: report it with the data.",
    data: { revertData: data },
    cause,
  });
}

/** The refusal a contract would give, for a rule that was checked before asking it; in `better` words where more is known than its arguments say. */
export function refusal(name: string, args: Record<string, Value>, better: Partial<Words> = {}): ContractRefusal {
  const { message, why, fix } = { ...REFUSAL_TEXTS[name](args), ...better };
  return new ContractRefusal(refusalCode(name), message, { why: `${why} Nothing was sent.`, fix, data: { ...args } });
}

/** What a transport throws often shows the server's URL, API key included, so none of these errors keeps it as its cause. */
function explainTransport(cause: unknown): NkmsError {
  if (isError(cause, "INSUFFICIENT_FUNDS") || /doesn't have enough funds/.test(String(cause))) {
    return new NkmsError("E_NO_ETHER", "The account has too little ether for the gas. Nothing was sent.", {
      why: "Every transaction pays gas in the chain's own coin.",
      fix: "Send some ether to the account (on local networks: npx hardhat faucet --to <name>).",
    });
  }
  if (isError(cause, "NONCE_EXPIRED") || isError(cause, "REPLACEMENT_UNDERPRICED")) {
    return new NkmsError("E_NONCE_TAKEN", "Another transaction of this account was first. This one was not sent.", {
      why: "Two programs used the account at the same time.",
      fix: "Wait until the other transaction is mined and try again.",
    });
  }
  if (isError(cause, "INVALID_ARGUMENT")) {
    return new NkmsError("E_BAD_ARGUMENT", `The value of ${cause.argument} does not fit: ${cause.shortMessage}.`, {
      why: "The contract's interface has no place for such a value. Nothing was sent.",
      fix: `Give ${cause.argument} another value.`,
      data: { argument: cause.argument },
      cause,
    });
  }
  return new NkmsError("E_RPC_FAILED", `The chain's RPC server failed: ${shortMessage(cause)}`, {
    why: "It is not reachable, overloaded, or does not know this request.",
    fix: "Check the RPC URL and that the chain is running, then try again.",
    data: { reason: faultCode(cause) },
  });
}

/** The code of what a transport threw (`SERVER_ERROR`, `ECONNREFUSED`), if it has one. */
export function faultCode(error: unknown): string | undefined {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === "string" ? code : undefined;
}

function shortMessage(error: unknown): string {
  const { shortMessage, message } = (error ?? {}) as { shortMessage?: string; message?: string };
  return shortMessage ?? message ?? String(error);
}

/** Servers put revert data in different places; it is the one hex string under a key named `data` with at least a selector. */
function revertData(error: unknown, depth = 0): string | undefined {
  if (typeof error !== "object" || error === null || depth > MAX_NESTING) return undefined;
  const fields = error as Record<string, unknown>;
  if (isHexString(fields.data) && fields.data.length >= 10 && !("from" in fields) && !("to" in fields))
    return fields.data;
  for (const key of ["data", "error", "info", "cause"]) {
    const nested = revertData(fields[key], depth + 1);
    if (nested !== undefined) return nested;
  }
  return undefined;
}
