/** What the steps of the demo share. */
import type { Chain } from "../../src/chain/connection";
import type { Deployment } from "../../src/chain/deployment";
import type { Identity } from "../../src/chain/identity";
import type { Client } from "../../src/client/client";
import type { LocalChain } from "./localChain";
import type { NodeProcess } from "./nodeProcess";

/** One operator, and the process of its node once that runs. */
export interface Operator {
  name: string;
  identity: Identity;
  stake: bigint;
  port: number;
  process?: NodeProcess;
}

export interface World {
  seed: number;
  /** A directory of its own, removed at the end. */
  home: string;
  passwordFile: string;
  local: LocalChain;
  deployment: Deployment;
  /** Reads only. */
  chain: Chain;
  /** Gives an account NKMS of the deployer, and coins for gas. */
  pay: (account: string, amount: bigint) => Promise<void>;
  operators: Operator[];
  clients: Map<string, Client>;
}

/** The operator of a node id, whatever its case. */
export function operatorOf({ operators }: World, node: string): Operator {
  return operators.find(({ identity }) => identity.account.address.toLowerCase() === node.toLowerCase())!; // all nodes are ours
}

/** Ends every process, client and server. */
export async function closeWorld({ operators, clients, chain, local }: World): Promise<void> {
  for (const { process } of operators) await process?.kill();
  for (const client of clients.values()) await client.close();
  chain.close();
  await local.close();
}
