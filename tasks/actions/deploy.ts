import { access } from "node:fs/promises";
import { join } from "node:path";

import { deploySystem } from "../../deploy/deploySystem";
import { readParameters } from "../../deploy/parameters";
import { discardPlan } from "../../deploy/plan";
import { CONTRACT_NAMES } from "../../src/chain/contracts";
import { type Deployment, saveDeployment } from "../../src/chain/deployment";
import type { Identity } from "../../src/chain/identity";
import { LOCAL_CHAIN_ID } from "../../src/chain/networks";
import { checkedChainId } from "../support/network";
import { type Outcome, progress } from "../support/run";
import { type Session, usage } from "../support/session";
import { rows } from "../support/show";

/** Outside a local chain a block may still be replaced; two more make that unlikely. */
const CONFIRMATIONS = 2;
const POLLING_MS = 1_000;

/** Deploys all contracts, or goes on where an earlier run stopped, and writes their addresses down. */
export async function deploy(session: Session): Promise<Outcome> {
  const chainId = await checkedChainId(session.requiredUrl, session.hre.network.config.chainId);
  const local = chainId === LOCAL_CHAIN_ID;
  const parameters = await readParameters(await parametersFile(session, local));
  const out = session.optional("out") ?? join(session.hre.config.paths.root, "deploy");
  const folder = join(out, "deployments", `chain-${chainId}`);
  if (session.flag("fresh")) await discardPlan(folder);
  progress(session)(`  Deploying ${CONTRACT_NAMES.length} contracts to chain ${chainId} …`);
  await session.hre.run("compile", { quiet: true });
  const deployment = await deploySystem(session.hre, {
    deployer: await deployer(session, local),
    parameters,
    folder,
    ...(local ? {} : { confirmations: CONFIRMATIONS, pollingMs: POLLING_MS }),
  });
  const files = await saveDeployment(deployment, undefined, join(out, "addresses", `${chainId}.json`));
  return { result: { deployment, files }, text: describe(deployment, files) };
}

async function deployer(session: Session, local: boolean): Promise<Identity | string> {
  if (session.optional("from") || !local) return session.identity(session.required("from"));
  const signer = await session.unlocked(session.wholeNumber("index", 0, 0));
  return signer.getAddress();
}

async function parametersFile(session: Session, local: boolean): Promise<string> {
  const choice = session.optional("parameters") ?? (local ? "local" : "reference");
  const file = /^[a-z]+$/.test(choice)
    ? join(session.hre.config.paths.root, "deploy", "parameters", `${choice}.json`)
    : choice;
  try {
    await access(file);
    return file;
  } catch {
    throw usage(`There are no parameters at ${file}.`, "Give reference, local, or a JSON file: --parameters <file>");
  }
}

function describe(deployment: Deployment, files: string[]): string[] {
  return [
    `  ✓ deployed on chain ${deployment.chainId}; the contracts are wired to each other`,
    ...rows(CONTRACT_NAMES.map((name) => [name, deployment[name]] as const)),
    `  Written to ${files.join(" and ")}`,
    "  Next: npx hardhat key:new --name ada, then npx hardhat faucet --to ada",
  ];
}
