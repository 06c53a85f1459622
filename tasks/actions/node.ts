import { umbral } from "../../src/crypto/umbral";
import type { NodeRecord, NodeTerms } from "../../src/chain/nodeRegistry";
import { registrationSteps } from "../../src/chain/registration";
import { runNode } from "../../src/node/runNode";
import { formatAmount } from "../../src/protocol/amount";
import { type NodeKeys, nodeKeys } from "../../src/protocol/keys";
import type { Outcome } from "../support/run";
import { changedTerms, describeTerms, feePerDay, readTerms } from "../support/nodeTerms";
import { propose } from "../support/propose";
import { describeService } from "../support/service";
import { type Session, usage } from "../support/session";
import { grouped, nkms, rows, utc } from "../support/show";

/** Publishes a node's URL, keys and terms and bonds its worker; again, it changes what differs. */
export async function registerNode(session: Session): Promise<Outcome> {
  const url = serviceUrl(session);
  const { chain, identity } = await session.connectAs();
  const staker = identity.account.address;
  const worker = session.optional("worker");
  const { seed } = worker === undefined ? identity : await session.identity(worker);
  const keys = nodeKeys(seed, umbral());
  const terms = await readTerms(session, chain);
  const steps = await registrationSteps(chain, staker, record(url, keys, terms), keys.worker);
  const result = { staker, url, worker: keys.worker.address, terms: describeTerms(terms) };
  if (steps.length === 0) {
    return { result: { ...result, transactions: [] }, text: ["  ✓ the registry says all of this already"] };
  }
  return propose(session, chain, {
    title: "Register node",
    rows: [
      ["staker", `${identity.name} ${staker}`],
      ["url", url],
      ["worker", `${keys.worker.address}, signs from the next period on`],
      ["fee", `${nkms(feePerDay(terms))} per policy and day`],
      [
        "takes",
        `${grouped(terms.capacity)} fractions, ${grouped(terms.minDuration)} to ${grouped(terms.maxDuration)} s`,
      ],
    ],
    result,
    steps,
    next: "npx hardhat stake:create, then npx hardhat node:run",
  });
}

/** Changes what a node asks and takes, for policies made from then on. */
export async function changeTerms(session: Session): Promise<Outcome> {
  const { chain, identity } = await session.connectAs();
  const staker = identity.account.address;
  const { terms: former } = await chain.nodeRegistry.nodeOf(staker);
  const terms = await changedTerms(session, chain, former);
  return propose(session, chain, {
    title: "Change terms",
    rows: [
      ["node", `${identity.name} ${staker}`],
      ["fee", `${nkms(feePerDay(terms))} per policy and day, was ${nkms(feePerDay(former))}`],
      [
        "takes",
        `${grouped(terms.capacity)} fractions, ${grouped(terms.minDuration)} to ${grouped(terms.maxDuration)} s`,
      ],
    ],
    result: { staker, terms: describeTerms(terms), former: describeTerms(former) },
    steps: [{ title: "set terms", call: () => chain.nodeRegistry.setTerms(terms) }],
    next: "nothing: policies that exist keep their rate",
  });
}

/** Runs the node of a key until it is stopped; its log goes to stderr. */
export async function runNodeTask(session: Session): Promise<Outcome> {
  const identity = session.required("from");
  const rpcUrl = session.requiredUrl;
  const staker = session.optional("staker");
  const node = await runNode({
    config: {
      rpcUrl,
      expectedChainId: session.hre.network.config.chainId,
      identity,
      staker: staker && (await session.account(staker)).toLowerCase(),
      host: session.optional("host"),
      port: session.wholeNumber("port", 0, 7151, 65_535),
      directory: session.optional("data"),
      readPrice: session.optional("readPrice"),
    },
    password: await session.password(`Password of ${identity}: `),
    writeLog: (entry) => session.terminal.note(entry),
  });
  return {
    result: { url: node.url, port: node.port, staker: node.staker },
    text: [`  ✓ ${identity} listens at ${node.url}. Stop it with Ctrl-C.`],
    until: stopped().then(() => node.close()),
  };
}

/** Prints what chain and node say about a node. */
export async function showNode(session: Session): Promise<Outcome> {
  const staker = await session.subject();
  const chain = await session.connect();
  const [registered, stake, ether] = await Promise.all([
    chain.nodeRegistry.isRegistered(staker),
    chain.stakingEscrow.staker(staker),
    chain.etherOf(staker),
  ]);
  const node = registered ? await chain.nodeRegistry.nodeOf(staker) : undefined;
  const service = node ? await describeService(chain, node.url) : { state: "not registered" };
  const state = stake.suspended ? "suspended" : stake.active ? "active" : "inactive";
  return {
    result: {
      staker,
      registered,
      state,
      url: node?.url,
      worker: node?.worker,
      terms: node && describeTerms(node.terms),
      service,
      stake: formatAmount(stake.deposit),
      reserved: formatAmount(stake.reserved),
      lockedUntil: Number(stake.lockedUntil),
      claimable: formatAmount(stake.claimable),
      ether: formatAmount(ether),
    },
    text: rows([
      ["node", `${staker}  ${state}`],
      ["url", node ? `${node.url}  ${service.state}` : "not registered: npx hardhat node:register"],
      ["worker", node?.worker ?? "none in this period"],
      ["stake", `${nkms(stake.deposit)}, ${nkms(stake.reserved)} reserved for policies`],
      ["locked", stake.lockedUntil ? `until ${utc(stake.lockedUntil)} at least` : "nothing: npx hardhat stake:create"],
      ["rewards", `${nkms(stake.claimable)} to claim`],
      ["gas", `${formatAmount(ether)} ETH`],
    ]),
  };
}

/** The URL as it is published. Throws E_USAGE for what no client could call, such as a port above 65535. */
function serviceUrl(session: Session): string {
  const url = session.required("url");
  if (URL.canParse(url)) return url;
  throw usage(`--url is "${url}", which is not a URL.`, "Give for example: --url https://your.host:7151");
}

function record(url: string, { encryption, check }: NodeKeys, terms: NodeTerms): NodeRecord {
  return { url, encryptionKey: encryption.publicKey, checkKey: check.publicKey.slice(1), terms };
}

function stopped(): Promise<void> {
  return new Promise((resolve) => {
    process.once("SIGINT", resolve);
    process.once("SIGTERM", resolve);
  });
}
