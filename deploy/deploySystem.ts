/** Deploys the whole system through Ignition, resumably, and checks on the chain that the contracts know each other. */
import type { ArtifactResolver, SuccessfulDeploymentResult } from "@nomicfoundation/ignition-core";
import type { HardhatRuntimeEnvironment } from "hardhat/types";

import { CONTRACT_NAMES } from "../src/chain/contracts";
import type { Deployment } from "../src/chain/deployment";
import type { Identity } from "../src/chain/identity";
import { verifyWiring } from "../src/chain/wiring";
import { NkmsError } from "../src/errors";
import { ignite } from "./ignite";
import { NkmsModule } from "./modules/nkms";
import type { SystemParameters } from "./parameters";
import { makePlan, type Plan, plannedAddress } from "./plan";
import { Rpc } from "./rpc";
import { signingProvider } from "./signingProvider";

const LOCAL_POLLING_MS = 10;

/**
 * Who deploys what, and where the journal is. The deployer is a key file's identity, or the address of an account that the chain
 * itself unlocks. Without a folder nothing is kept and an interrupted deployment cannot go on.
 */
export interface DeployOptions {
  deployer: Identity | string;
  parameters: SystemParameters;
  folder?: string;
  /** Milliseconds between looks for new blocks; by default for a chain that mines at once. */
  pollingMs?: number;
  /** Blocks that must follow a transaction before the next is sent. */
  confirmations?: number;
}

/**
 * Deploys, or goes on with what was begun in the folder; doing so again when all is done changes nothing. The deployer holds the
 * initial supply. Throws E_NONCE_MOVED, E_OTHER_DEPLOYER, E_DEPLOYMENT_FAILED, E_BAD_WIRING.
 */
export async function deploySystem(
  hre: HardhatRuntimeEnvironment,
  { deployer, parameters, folder, pollingMs = LOCAL_POLLING_MS, confirmations = 1 }: DeployOptions,
): Promise<Deployment> {
  const provider =
    typeof deployer === "string" ? hre.network.provider : signingProvider(hre.network.provider, deployer);
  const address = typeof deployer === "string" ? deployer : deployer.account.address;
  const rpc = new Rpc(provider);
  const plan = await makePlan(rpc, address, folder);
  const ignition = {
    provider,
    accounts: [address],
    defaultSender: address,
    artifactResolver: compiledContracts(hre),
    ignitionModule: NkmsModule,
    deploymentParameters: { NKMS: moduleParameters(plan, parameters) },
    deploymentDir: folder,
    config: { blockPollingInterval: pollingMs, requiredConfirmations: confirmations },
  };
  const result = await ignite(ignition, () => nextFuture(rpc, plan));
  const deployment = asDeployment(plan, result);
  await verifyWiring((contract) => rpc.code(contract), deployment);
  return deployment;
}

/** Without the compiler's whole input and output, which Ignition would copy for each contract: 70 MB that nobody reads. */
function compiledContracts({ artifacts }: HardhatRuntimeEnvironment): ArtifactResolver {
  return {
    loadArtifact: (name) => artifacts.readArtifact(name),
    getBuildInfo: () => Promise.resolve(undefined),
  };
}

function moduleParameters(plan: Plan, { token, staking, policy, payments }: SystemParameters) {
  return {
    stakingEscrow: plannedAddress(plan, "StakingEscrow"),
    nodeRegistry: plannedAddress(plan, "NodeRegistry"),
    policyManager: plannedAddress(plan, "PolicyManager"),
    initialHolder: plan.deployer,
    ...token,
    periodLength: staking.periodLength,
    staking: { ...staking },
    policy: { ...policy },
    ...payments,
  };
}

/** The future whose nonce is the deployer's next: its transaction was never sent. Undefined while another is on its way. */
async function nextFuture(rpc: Rpc, { deployer, firstNonce }: Plan): Promise<string | undefined> {
  const [mined, pending] = await Promise.all([rpc.nonce(deployer, "latest"), rpc.nonce(deployer, "pending")]);
  return mined === pending ? NkmsModule.results[CONTRACT_NAMES[mined - firstNonce]].id : undefined;
}

function asDeployment(plan: Plan, result: SuccessfulDeploymentResult): Deployment {
  const addresses = CONTRACT_NAMES.map(
    (name) => [name, result.contracts[NkmsModule.results[name].id].address] as const,
  );
  const moved = addresses.find(([name, address]) => address !== plannedAddress(plan, name));
  if (moved) throw displaced(...moved, plannedAddress(plan, moved[0]));
  return { chainId: plan.chainId, deployedAtBlock: plan.block, ...Object.fromEntries(addresses) } as Deployment;
}

function displaced(contract: string, got: string, expected: string): NkmsError {
  return new NkmsError("E_NONCE_MOVED", `${contract} came to stand at ${got}, not at ${expected} as planned.`, {
    why: "Another transaction of the deployer took a nonce while the deployment ran.",
    fix: "Let nothing else use the account and begin anew: npx hardhat deploy --fresh. Contracts deployed so far stay unused.",
    data: { contract, got, expected },
  });
}
