/** Which contracts form the system on a chain, and where that is written down. */
import { getAddress, isAddress } from "ethers";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { NkmsError } from "../errors";
import { CONTRACT_NAMES, type ContractName } from "./contracts";
import { hasErrno, writeDurably } from "../disk/durableFile";
import { nkmsHome } from "../disk/home";

/** Checksummed addresses by contract name, and the first block at which all of them exist: event queries start there. */
export interface Deployment extends Record<ContractName, string> {
  chainId: number;
  deployedAtBlock: number;
}

/** Where to look: a deployment given outright wins over the user's file, and that over the one in the package. */
export interface DeploymentSource {
  deployment?: Deployment;
  home?: string;
}

/** The file in which a user's own deployment on a chain is kept. */
export function deploymentFile(chainId: number, home?: string): string {
  return join(nkmsHome(home), "deployments", `${chainId}.json`);
}

/** The file of the package with the deployment on a chain. */
export function packagedDeploymentFile(chainId: number): string {
  return join(dirname(require.resolve("nkms/package.json")), "deploy", "addresses", `${chainId}.json`);
}

/**
 * The deployment on a chain. Throws E_NO_DEPLOYMENT if none is written down, E_BAD_DEPLOYMENT if the file found is not one and
 * E_WRONG_CHAIN if it is of another chain.
 */
export function getDeployment(chainId: number, source: DeploymentSource = {}): Deployment {
  if (source.deployment) return parseDeployment(source.deployment, chainId, "the deployment given");
  const files = [deploymentFile(chainId, source.home), packagedDeploymentFile(chainId)];
  for (const file of files) {
    const content = readIfExists(file);
    if (content !== undefined) return parseDeployment(parseJson(content), chainId, file);
  }
  throw new NkmsError("E_NO_DEPLOYMENT", `No deployment is known on chain ${chainId}.`, {
    why: `Neither of these files exists: ${files.join(", ")}.`,
    fix: "Deploy (npx hardhat deploy --network <name>), or copy the deployment's file to the first place.",
    data: { chainId, files },
  });
}

/** Writes a deployment down for the user and, if `packageFile` is given, for the package. */
export async function saveDeployment(deployment: Deployment, home?: string, packageFile?: string): Promise<string[]> {
  const content = JSON.stringify(deployment, undefined, 2) + "\n";
  const files = [deploymentFile(deployment.chainId, home), ...(packageFile ? [packageFile] : [])];
  for (const file of files) await writeDurably(file, content, { mode: 0o644 });
  return files;
}

function readIfExists(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if (hasErrno(error, "ENOENT")) return undefined;
    throw error;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function parseDeployment(value: unknown, chainId: number, origin: string): Deployment {
  const fields = (value ?? {}) as Partial<Deployment>;
  const missing = CONTRACT_NAMES.filter((name) => !isAddress(fields[name]));
  if (missing.length || !Number.isSafeInteger(fields.chainId) || !Number.isSafeInteger(fields.deployedAtBlock)) {
    throw new NkmsError("E_BAD_DEPLOYMENT", `${origin} does not describe a deployment.`, {
      why: "It needs chainId, deployedAtBlock and an address for each contract.",
      fix: "Deploy again, or restore the file.",
      data: { origin, missing },
    });
  }
  if (fields.chainId !== chainId) throw wrongChain(fields.chainId!, chainId, origin);
  const deployment = { ...(fields as Deployment) };
  for (const name of CONTRACT_NAMES) deployment[name] = getAddress(deployment[name]);
  return deployment;
}

/** The refusal to work on another chain than the one that was meant. `origin` says where `got` comes from. */
export function wrongChain(got: number, expected: number, origin: string): NkmsError {
  return new NkmsError("E_WRONG_CHAIN", `${origin} is of chain ${got}, not of chain ${expected}.`, {
    why: "Signatures and addresses of one chain mean nothing on another. Nothing was sent.",
    fix: "Check --network, the RPC URL and the deployment file.",
    data: { got, expected },
  });
}
