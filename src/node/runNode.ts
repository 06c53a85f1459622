/** A node from its configuration: key file, chain, store, server. */
import { connectChain } from "../chain/connection";
import { nodeStore } from "../disk/home";
import { LOCAL_CHAIN_ID } from "../chain/networks";
import { accountOf, openKeyFile } from "../chain/identity";
import type { Engine } from "../crypto/engine";
import { osRandom } from "../crypto/random";
import { umbral } from "../crypto/umbral";
import { nodeKeys } from "../protocol/keys";
import { LOCAL_CHAIN, PUBLIC_CHAIN } from "./chainHead";
import { systemClock } from "./clock";
import type { NodeConfig } from "./config";
import { ethereumView } from "./ethereumView";
import { jsonLog } from "./log";
import { parseAmount } from "../protocol/amount";
import { type NodeOptions, startNode, type RunningNode } from "./startNode";

const DEFAULT_PORT = 7_151;
const DEFAULT_REDEEM_SECONDS = 3_600;
const DEFAULT_REDEEM_AT_LEAST = "1";

export interface RunOptions {
  readonly config: NodeConfig;
  readonly password: string;
  /** Takes each line of the log. */
  readonly writeLog: (line: string) => void;
  /** `umbral()` by default. */
  readonly engine?: Engine;
}

/** Throws what `openKeyFile`, `connectChain` and `startNode` throw, and E_NOT_REGISTERED {staker}. Closing the node closes its connection. */
export async function runNode(options: RunOptions): Promise<RunningNode & { staker: string }> {
  const { config, password, writeLog, engine = umbral() } = options;
  const { home, expectedChainId } = config;
  const identity = await openKeyFile({ name: config.identity, home, password });
  const keys = nodeKeys(identity.seed, engine);
  const signer = accountOf(keys.worker.secretKey);
  const chain = await connectChain({ rpcUrl: config.rpcUrl, expectedChainId, home, signer });
  try {
    const staker = config.staker ?? identity.account.address.toLowerCase();
    await chain.nodeRegistry.requireRegistered(staker); // its worker and its keys come from there: it could never answer anybody
    const isLocal = chain.chainId === LOCAL_CHAIN_ID;
    const node = await startNode({
      host: config.host ?? "127.0.0.1",
      port: config.port ?? DEFAULT_PORT,
      directory: config.directory ?? nodeStore(chain.chainId, staker, home),
      keys,
      engine,
      chain: ethereumView(chain, staker),
      following: { ...(isLocal ? LOCAL_CHAIN : PUBLIC_CHAIN), ...defined(config.following) },
      clock: systemClock,
      random: osRandom,
      log: jsonLog(config.logLevel ?? "info", systemClock, writeLog),
      trustedProxies: config.trustedProxies,
      acceptConditions: config.acceptConditions,
      ...paymentsOf(config),
    });
    return { ...node, staker, close: () => node.close().finally(() => chain.close()) };
  } catch (error) {
    chain.close();
    throw error;
  }
}

/** A node redeems without a price too: policies taken at a former one still bring vouchers. */
function paymentsOf({ readPrice, redeeming }: NodeConfig): Pick<NodeOptions, "readPrice" | "redeeming"> {
  const { everySeconds = DEFAULT_REDEEM_SECONDS, atLeast = DEFAULT_REDEEM_AT_LEAST } = redeeming ?? {};
  return {
    readPrice: readPrice === undefined ? undefined : parseAmount(readPrice),
    redeeming: { everySeconds, atLeast: parseAmount(atLeast) },
  };
}

/** The fields that are set: a field left out must not hide a default. */
function defined<T extends object>(fields: T | undefined): Partial<T> {
  return Object.fromEntries(Object.entries(fields ?? {}).filter(([, value]) => value !== undefined)) as Partial<T>;
}
