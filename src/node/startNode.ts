/** A running node: store, chain follower and HTTP server, put together and taken apart. */
import type { FastifyInstance } from "fastify";
import type { AddressInfo } from "node:net";

import type { Engine, RandomSource } from "../crypto/engine";
import { NkmsError } from "../errors";
import { formatAmount } from "../protocol/amount";
import type { NodeKeys } from "../protocol/keys";
import { ChainHead, type Following } from "./chainHead";
import type { ChainView, NodeState } from "./chainView";
import type { Clock } from "./clock";
import type { NodeContext } from "./context";
import { ChainFollower } from "./followChain";
import { FractionStore } from "./fractionStore";
import { httpServer } from "./httpServer";
import { DEFAULT_LIMITS, MAX_RATE_KEYS, type Limits } from "./limits";
import type { Log } from "./log";
import { Metrics, type Gauge } from "./metrics";
import { RequestLog } from "./requestLog";
import { addRoutes } from "./routes";
import { type Redeeming, VoucherRedeemer } from "./redeemVouchers";
import { SealedDatabase } from "./sealedDatabase";
import { serial } from "../serial";
import { TokenBuckets } from "./tokenBuckets";
import { vouchersFolder, VoucherStore } from "./voucherStore";
import { VERSION } from "./version";

export interface NodeOptions {
  /** Where to listen; port 0 takes a free one. */
  readonly host: string;
  readonly port: number;
  /** The store, for one process at a time. */
  readonly directory: string;
  readonly keys: NodeKeys;
  readonly engine: Engine;
  readonly chain: ChainView;
  readonly following: Following;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly log: Log;
  readonly limits?: Partial<Limits>;
  /** Addresses of reverse proxies in front of the node. */
  readonly trustedProxies?: readonly string[];
  /** Whether policies with a condition are taken; yes by default. */
  readonly acceptConditions?: boolean;
  /** NKMS base units that a read costs under policies whose readers pay; undefined: such policies are taken only by a node without a fee. */
  readonly readPrice?: bigint;
  /** When vouchers are redeemed; never by the node itself without it. */
  readonly redeeming?: Redeeming;
}

export interface RunningNode {
  /** http://host:port without a path. */
  readonly url: string;
  readonly port: number;
  /** Lets requests under way finish, then closes the store. */
  close(): Promise<void>;
}

/**
 * Opens the store and listens. The node serves as soon as the chain answers and names its keys (`/health/ready`). Throws what
 * `SealedDatabase.open` throws, and E_PORT_IN_USE.
 */
export async function startNode(options: NodeOptions): Promise<RunningNode> {
  const database = await openDatabase(options);
  try {
    const { context, follower, redeemer } = await assemble(options, database);
    const server = httpServer({
      limits: context.limits,
      trustedProxies: options.trustedProxies ?? [],
      clock: options.clock,
      log: options.log,
    });
    addRoutes(server, context);
    const port = await listen(server, options);
    follower.start();
    redeemer?.start();
    return announce(options, context, port, async () => {
      await server.close();
      await Promise.all([follower.stop(), redeemer?.stop()]);
      await database.close();
    });
  } catch (error) {
    await database.close();
    throw error;
  }
}

function openDatabase({ directory, keys, chain, random }: NodeOptions): Promise<SealedDatabase> {
  const owner = [chain.chainId, chain.policyManager, chain.staker].join("/").toLowerCase();
  return SealedDatabase.open({ directory, storeKey: keys.storeKey, owner, random });
}

async function assemble(
  options: NodeOptions,
  database: SealedDatabase,
): Promise<{ context: NodeContext; follower: ChainFollower; redeemer?: VoucherRedeemer }> {
  const { chain, following, clock, log, engine, redeeming } = options;
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const head = new ChainHead(chain, following, clock, log);
  const store = await FractionStore.open(database, options.directory);
  const requests = await RequestLog.open(database);
  const vouchers = await VoucherStore.open(vouchersFolder(options.directory));
  const payInTurn = serial();
  const metrics: Metrics = new Metrics(
    { version: VERSION, engine: engine.properties.name, backend: engine.backend },
    gauges(store, head, () => follower.lastNode),
  );
  const follower: ChainFollower = new ChainFollower({ chain, head, following, store, requests, clock, log, metrics });
  const requesterRates = new TokenBuckets(limits.perRequester, clock, MAX_RATE_KEYS);
  const acceptConditions = options.acceptConditions ?? true;
  return {
    context: {
      ...options, head, store, requests, vouchers, payInTurn, requesterRates, limits, acceptConditions, metrics,
    }, // prettier-ignore
    follower,
    redeemer:
      redeeming && new VoucherRedeemer({ chain, vouchers, redeeming, following, inTurn: payInTurn, clock, log }),
  };
}

function gauges(store: FractionStore, head: ChainHead, node: () => NodeState | undefined): Record<string, Gauge> {
  return {
    nkms_policies_held: { help: "Fractions held.", read: () => store.census.held },
    nkms_chain_head_age_seconds: { help: "Age of the newest known block.", read: () => head.ageSeconds },
    nkms_stake_tokens: { help: "Stake of this node.", read: () => tokens(node()?.deposit) },
    nkms_rewards_claimable_tokens: { help: "Rewards to claim.", read: () => tokens(node()?.claimable) },
  };
}

async function listen(server: FastifyInstance, { host, port }: NodeOptions): Promise<number> {
  try {
    await server.listen({ host, port });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== "EADDRINUSE") throw cause;
    throw new NkmsError("E_PORT_IN_USE", `Port ${port} of ${host} is in use.`, {
      fix: "Stop the other program or choose another port.",
      data: { host, port },
      cause,
    });
  }
  return (server.server.address() as AddressInfo).port;
}

function announce(
  { host, chain, keys, engine, log }: NodeOptions,
  { store }: NodeContext,
  port: number,
  stop: () => Promise<void>,
): RunningNode {
  const url = `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
  const { staker } = chain;
  const { name } = engine.properties;
  const { held } = store.census;
  log("node_started", { url, staker, worker: keys.worker.address, engine: name, backend: engine.backend, held });
  let stopping: Promise<void> | undefined;
  const close = () => (stopping ??= stop().then(() => log("node_stopped", { held: store.census.held })));
  return { url, port, close };
}

function tokens(baseUnits: bigint | undefined): number | undefined {
  return baseUnits === undefined ? undefined : Number(formatAmount(baseUnits));
}
