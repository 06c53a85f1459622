/** Runs Ignition so that what goes wrong is typed, and a transaction that was planned but never sent does not stop a deployment. */
import {
  deploy,
  type DeploymentResult,
  DeploymentResultType,
  IgnitionError,
  type SuccessfulDeploymentResult,
  wipe,
} from "@nomicfoundation/ignition-core";

import { NkmsError } from "../src/errors";

type IgnitionOptions = Parameters<typeof deploy>[0];

/** Ignition's number for "a transaction was prepared, and it is not known whether it was sent". */
const UNKNOWN_WHETHER_SENT = 411;

/**
 * Deploys or goes on. `unsent` tells which future's transaction cannot have been sent, going by the deployer's nonce; its
 * preparation is forgotten and done again. Throws E_DEPLOYMENT_FAILED.
 */
export async function ignite(
  options: IgnitionOptions,
  unsent: () => Promise<string | undefined>,
): Promise<SuccessfulDeploymentResult> {
  const result = await attempt(options).catch(async (error: unknown) => {
    const future = isUnknownWhetherSent(error) ? await unsent() : undefined;
    if (future === undefined || options.deploymentDir === undefined) throw stopped(reasonOf(error), error);
    await wipe(options.deploymentDir, options.artifactResolver, future);
    return attempt(options);
  });
  if (result.type === DeploymentResultType.SUCCESSFUL_DEPLOYMENT) return result;
  throw stopped(reasonsOf(result).join(" "));
}

function attempt(options: IgnitionOptions): Promise<DeploymentResult> {
  return deploy(options);
}

function isUnknownWhetherSent(error: unknown): boolean {
  return error instanceof IgnitionError && error.errorNumber === UNKNOWN_WHETHER_SENT;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function reasonsOf(result: Exclude<DeploymentResult, SuccessfulDeploymentResult>): string[] {
  if ("errors" in result) return Object.entries(result.errors).map(([step, texts]) => `${step}: ${texts.join("; ")}`);
  const failed = result.failed.map(({ futureId, error }) => `${futureId}: ${error}`);
  return [...failed, ...result.timedOut.map(({ futureId }) => `${futureId}: not mined in time`)];
}

function stopped(reason: string, cause?: unknown): NkmsError {
  return new NkmsError("E_DEPLOYMENT_FAILED", `The deployment stopped. ${reason}`, {
    why: "What is deployed stays and is used when you go on.",
    fix: "Mend the cause and run the same command again; to give up what was begun: npx hardhat deploy --fresh",
    data: { reason },
    cause,
  });
}
