/**
 * The plan of a deployment. The contracts know each other's addresses from their constructors, so the addresses are predicted
 * from the deployer's next nonces (CREATE: the hash of sender and nonce). The plan is kept, so that an interrupted deployment
 * goes on with the same addresses, and it is void once another transaction of the deployer took one of its nonces.
 */
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";

import { CONTRACT_NAMES, type ContractName } from "../src/chain/contracts";
import { hasErrno, writeDurably } from "../src/disk/durableFile";
import { predictAddress } from "../src/chain/wiring";
import { NkmsError } from "../src/errors";
import type { Rpc } from "./rpc";

/** What was decided before the first transaction. `genesis` tells a chain from a later one with the same id. */
export interface Plan {
  chainId: number;
  genesis: string;
  deployer: string;
  firstNonce: number;
  /** A block before all transactions of the deployment. */
  block: number;
}

/** The address that a contract gets if the plan holds. */
export function plannedAddress(plan: Plan, name: ContractName): string {
  return predictAddress(plan.deployer, plan.firstNonce + CONTRACT_NAMES.indexOf(name));
}

/**
 * The plan for this deployer in this folder: the one that was begun there, else a new one. A plan for a chain that is gone is
 * discarded with its journal. Throws E_NONCE_MOVED if the plan cannot be kept, E_OTHER_DEPLOYER if somebody else began.
 */
export async function makePlan(rpc: Rpc, deployer: string, folder?: string): Promise<Plan> {
  const begun = folder === undefined ? undefined : await readPlan(folder);
  const genesis = await rpc.genesis();
  if (begun?.genesis === genesis) {
    if (begun.deployer !== deployer) throw otherDeployer(begun.deployer, deployer);
    await checkNonces(rpc, begun);
    return begun;
  }
  if (begun) await discardPlan(folder!);
  const plan = await newPlan(rpc, deployer, genesis);
  if (folder !== undefined) await writeDurably(planFile(folder), JSON.stringify(plan, undefined, 2), { mode: 0o644 });
  return plan;
}

/** Forgets what was begun in a folder. Contracts that are on the chain already stay there, unused. */
export async function discardPlan(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
}

async function newPlan(rpc: Rpc, deployer: string, genesis: string): Promise<Plan> {
  const [chainId, firstNonce, pending, block] = await Promise.all([
    rpc.chainId(),
    rpc.nonce(deployer, "latest"),
    rpc.nonce(deployer, "pending"),
    rpc.blockNumber(),
  ]);
  const plan = { chainId, genesis, deployer, firstNonce, block };
  if (pending !== firstNonce) throw nonceMoved(plan, firstNonce, pending);
  return plan;
}

/** Every nonce used since the plan must have created the contract planned for it. */
async function checkNonces(rpc: Rpc, plan: Plan): Promise<void> {
  const next = await rpc.nonce(plan.deployer, "latest");
  for (const [index, name] of CONTRACT_NAMES.entries()) {
    const nonce = plan.firstNonce + index;
    if (nonce < next && (await rpc.code(plannedAddress(plan, name))) === "0x") throw nonceMoved(plan, nonce, next);
  }
}

function planFile(folder: string): string {
  return join(folder, "plan.json");
}

async function readPlan(folder: string): Promise<Plan | undefined> {
  try {
    return JSON.parse(await readFile(planFile(folder), "utf8")) as Plan;
  } catch (error) {
    if (hasErrno(error, "ENOENT")) return undefined;
    throw error;
  }
}

function nonceMoved({ deployer, chainId }: Plan, expected: number, got: number): NkmsError {
  return new NkmsError(
    "E_NONCE_MOVED",
    `${deployer} sent other transactions: nonce ${expected} was planned, ${got} is next.`,
    {
      why: "The contracts' addresses were predicted from the deployer's nonces; another transaction took one of them.",
      fix: "Let nothing else use the account and begin anew: npx hardhat deploy --fresh. Contracts deployed so far stay unused.",
      data: { chainId, deployer, expected, got },
    },
  );
}

function otherDeployer(expected: string, got: string): NkmsError {
  return new NkmsError("E_OTHER_DEPLOYER", `This deployment was begun by ${expected}, not by ${got}.`, {
    why: "The contracts' addresses follow from the deployer's address.",
    fix: "Use the key it was begun with, or begin anew: npx hardhat deploy --fresh",
    data: { expected, got },
  });
}
