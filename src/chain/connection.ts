/** A checked connection to one deployment on one chain, with a client per contract. */
import type { Provider, Signer } from "ethers";

import { NkmsError } from "../errors";
import { AccessLogClient } from "./accessLog";
import { AllowListsClient } from "./allowLists";
import type { Call } from "./call";
import { CONTRACT_NAMES, contractAt, type ContractName } from "./contracts";
import { type Deployment, type DeploymentSource, getDeployment, wrongChain } from "./deployment";
import { transferEther } from "./ether";
import { KeyRegistryClient } from "./keyRegistry";
import { NKMSTokenClient } from "./nkmsToken";
import { NodeRegistryClient } from "./nodeRegistry";
import { PaidReadsClient } from "./paidReads";
import { PayToReadShopClient } from "./payToReadShop";
import { PolicyManagerClient } from "./policyManager";
import { openProvider } from "./provider";
import { explained } from "./refusals";
import { SellerPaymentsClient } from "./sellerPayments";
import { StakingEscrowClient } from "./stakingEscrow";
import { SubscriptionsClient } from "./subscriptions";

/**
 * How to reach the chain: a URL, or a provider that exists already. `signer` sends the transactions; without it only reads work.
 * `expectedChainId` guards against the wrong network. The deployment is looked up as by `getDeployment`.
 */
export interface ChainOptions extends DeploymentSource {
  rpcUrl?: string;
  provider?: Provider;
  expectedChainId?: number;
  signer?: Signer;
}

/** A block's place in the chain; `timestamp` in Unix seconds. */
export interface BlockHead {
  number: number;
  hash: string;
  timestamp: bigint;
}

/** The clients of one deployment. `close` ends the polling of a provider that was opened here. */
export interface Chain {
  chainId: number;
  provider: Provider;
  deployment: Deployment;
  nkmsToken: NKMSTokenClient;
  stakingEscrow: StakingEscrowClient;
  nodeRegistry: NodeRegistryClient;
  keyRegistry: KeyRegistryClient;
  policyManager: PolicyManagerClient;
  paidReads: PaidReadsClient;
  accessLog: AccessLogClient;
  allowLists: AllowListsClient;
  sellerPayments: SellerPaymentsClient;
  subscriptions: SubscriptionsClient;
  payToReadShop: PayToReadShopClient;
  /** The newest block, or the one with a number. Its time is what contracts see. Throws E_NO_BLOCK. */
  block(number?: number): Promise<BlockHead>;
  /** Unix second of the newest block. */
  headTime(): Promise<number>;
  /** An account's balance of the chain's own coin, in wei. */
  etherOf(account: string): Promise<bigint>;
  sendEther(to: string, amount: bigint): Call<string>;
  close(): void;
}

/**
 * Opens a connection. Throws E_RPC_FAILED if nobody answers, E_WRONG_CHAIN {got, expected}, E_NO_DEPLOYMENT, and
 * E_NOT_DEPLOYED {missing} if the chain has no code at an address of the deployment.
 */
export async function connectChain(options: ChainOptions): Promise<Chain> {
  const opened = options.provider ? undefined : await openProvider(requiredUrl(options));
  const provider = options.provider ?? opened!;
  try {
    const chainId = Number((await explained(provider.getNetwork())).chainId);
    if (options.expectedChainId !== undefined && options.expectedChainId !== chainId) {
      throw wrongChain(chainId, options.expectedChainId, options.rpcUrl ?? "The connected chain");
    }
    const deployment = getDeployment(chainId, options);
    await checkCode(provider, deployment);
    return buildChain(provider, deployment, connected(options.signer, provider), () => opened?.destroy());
  } catch (error) {
    opened?.destroy();
    throw error;
  }
}

/** Signers of accounts that the server unlocks belong to their provider already and cannot move. */
function connected(signer: Signer | undefined, provider: Provider): Signer | undefined {
  return signer?.provider === provider ? signer : signer?.connect(provider);
}

function requiredUrl({ rpcUrl }: ChainOptions): string {
  if (rpcUrl) return rpcUrl;
  throw new NkmsError("E_RPC_URL_MISSING", "It is not said how to reach the chain.", {
    why: "Neither an RPC URL nor a provider was given.",
    fix: "Give rpcUrl, for example http://127.0.0.1:8545.",
  });
}

async function checkCode(provider: Provider, deployment: Deployment): Promise<void> {
  const codes = await explained(Promise.all(CONTRACT_NAMES.map((name) => provider.getCode(deployment[name]))));
  const missing = CONTRACT_NAMES.filter((_, index) => codes[index] === "0x");
  if (missing.length === 0) return;
  throw new NkmsError(
    "E_NOT_DEPLOYED",
    `Chain ${deployment.chainId} has no contract where ${missing.join(", ")} should be.`,
    {
      why: "The deployment file is of another chain with the same id, or a local chain was started anew.",
      fix: "Deploy again: npx hardhat deploy --network <name>",
      data: { chainId: deployment.chainId, missing },
    },
  );
}

function buildChain(provider: Provider, deployment: Deployment, signer: Signer | undefined, close: () => void): Chain {
  const runner = signer ?? provider;
  const at = <K extends ContractName>(name: K) => contractAt(name, deployment[name], runner);
  return {
    chainId: deployment.chainId,
    provider,
    deployment,
    nkmsToken: new NKMSTokenClient(at("NKMSToken"), provider),
    stakingEscrow: new StakingEscrowClient(at("StakingEscrow"), provider),
    nodeRegistry: new NodeRegistryClient(at("NodeRegistry"), provider, deployment.deployedAtBlock),
    keyRegistry: new KeyRegistryClient(at("KeyRegistry"), provider, deployment.deployedAtBlock),
    policyManager: new PolicyManagerClient(at("PolicyManager"), provider, deployment.deployedAtBlock),
    paidReads: new PaidReadsClient(at("PaidReads"), provider, deployment.deployedAtBlock),
    accessLog: new AccessLogClient(at("AccessLog"), provider, deployment.deployedAtBlock),
    allowLists: new AllowListsClient(at("AllowLists"), provider),
    sellerPayments: new SellerPaymentsClient(at("SellerPayments"), provider),
    subscriptions: new SubscriptionsClient(at("Subscriptions"), provider),
    payToReadShop: new PayToReadShopClient(at("PayToReadShop"), provider),
    block: (number) => readBlock(provider, number),
    headTime: async () => Number((await readBlock(provider)).timestamp),
    etherOf: (account) => explained(provider.getBalance(account)),
    sendEther: (to, amount) => transferEther(provider, signer, to, amount),
    close,
  };
}

async function readBlock(provider: Provider, number?: number): Promise<BlockHead> {
  const block = await explained(provider.getBlock(number ?? "latest"));
  if (block) return { number: block.number, hash: block.hash!, timestamp: BigInt(block.timestamp) }; // mined blocks have hashes
  throw new NkmsError("E_NO_BLOCK", `The chain has no block ${number ?? "at all"}.`, {
    why: "It is not mined yet, or the server fell behind.",
    fix: "Ask again later.",
    data: { number },
  });
}
