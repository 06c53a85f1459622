import { drawableLine, listNodes, networkOverview } from "../../src/chain/overview";
import { keyFileAddress, listKeyFiles } from "../../src/chain/identity";
import { osRandom } from "../../src/crypto/random";
import { formatAmount } from "../../src/protocol/amount";
import { traceDraws } from "../../src/protocol/drawTrace";
import type { Outcome } from "../support/run";
import { propose } from "../support/propose";
import type { Session } from "../support/session";
import { grouped, nkms, percent, rows, short, table, utc } from "../support/show";
import { drawMarks, drawStakeLine } from "../support/stakeLine";

/** Prints supply, stake and nodes of the network. */
export async function showStatus(session: Session): Promise<Outcome> {
  const chain = await session.connect();
  const view = await networkOverview(chain);
  const amounts = Object.fromEntries(
    (["totalSupply", "allocatedSupply", "remainingSupply", "maxSupply", "rewardRate", "totalLocked"] as const).map(
      (name) => [name, formatAmount(view[name])],
    ),
  );
  return {
    result: {
      chainId: chain.chainId,
      currentPeriod: Number(view.currentPeriod),
      nextPeriodAt: Number(view.nextPeriodAt),
      ...amounts,
      activeNodes: Number(view.activeNodes),
      registeredNodes: view.registeredNodes,
    },
    text: rows([
      ["chain", `${chain.chainId}`],
      ["period", `${grouped(view.currentPeriod)}, the next at ${utc(view.nextPeriodAt)}`],
      ["supply", `${nkms(view.totalSupply)} of at most ${nkms(view.maxSupply)}`],
      ["allocated", `${nkms(view.allocatedSupply)}, ${nkms(view.remainingSupply)} remain`],
      ["rate", `${nkms(view.rewardRate)} in this period`],
      ["locked", `${nkms(view.totalLocked)} (D)`],
      ["nodes", `${view.activeNodes} active, ${view.registeredNodes} registered`],
    ]),
  };
}

/** Lists all registered nodes, the highest stake first. */
export async function showNodes(session: Session): Promise<Outcome> {
  const nodes = await listNodes(await session.connect());
  const names = await knownNames();
  return {
    result: {
      nodes: nodes.map(({ staker, url, worker, deposit, active, suspended, lockedUntil, terms }) => ({
        staker,
        name: names.get(staker),
        url,
        worker,
        stake: formatAmount(deposit),
        active,
        suspended,
        lockedUntil: Number(lockedUntil),
        feeRateWei: terms.feeRate,
      })),
    },
    text: table(
      ["node", "stake", "state", "url"],
      nodes.map(({ staker, deposit, active, suspended, url }) => [
        names.get(staker) ?? staker,
        nkms(deposit),
        suspended ? "suspended" : active ? "active" : "inactive",
        url,
      ]),
      "No node is registered yet.",
    ),
  };
}

/** Draws nodes by stake, as sharing does, and shows the draws on the stake line. */
export async function sample(session: Session): Promise<Outcome> {
  const count = session.wholeNumber("count", 1, 3);
  const chain = await session.connect();
  const { number: blockTag, timestamp } = await chain.block();
  const until = timestamp + BigInt(session.wholeNumber("time", 0, 0));
  const randoms = randomNumbers(session, count);
  const nodes = await chain.stakingEscrow.sample(count, randoms, until, { blockTag });
  const line = await drawableLine(chain, until, { blockTag });
  const draws = traceDraws(line, count, randoms);
  const names = await knownNames();
  const total = line.reduce((sum, { units }) => sum + units, 0n);
  const named = (node?: string) => (node ? (names.get(node) ?? short(node)) : "nobody");
  return {
    result: { nodes, until: Number(until), totalUnits: total, draws },
    text: [
      `  ${drawStakeLine(line.map(({ node, start, units }) => ({ label: named(node), start, units })))}`,
      `  ${drawMarks(
        draws.map(({ point }) => point),
        total,
      )}`,
      ...draws.map(({ point, node, outcome }, index) => {
        const place = `${grouped(point)} of ${grouped(total)}`;
        return `  ${index + 1}  ${place} (${percent(point, total)}) → ${named(node)}${outcome === "drawn" ? "" : `, ${outcome}`}`;
      }),
      `  drawn: ${nodes.map(named).join("  ")}`,
    ],
  };
}

/** Brings the escrow up to the present period; a call passes 32 expiries at most, so more than one may be needed. */
export async function advance(session: Session): Promise<Outcome> {
  const { chain } = await session.connectAs();
  const done = await chain.stakingEscrow.advance().check();
  return propose(session, chain, {
    title: "Advance",
    rows: [["escrow", done ? "up to date after this" : "behind the clock after this too"]],
    result: { done },
    steps: [{ title: "advance", call: () => chain.stakingEscrow.advance() }],
    next: done ? undefined : "npx hardhat net:advance again",
  });
}

/** Repeats and short locks use numbers up, so more are given than nodes are wanted. */
function randomNumbers(session: Session, count: number): bigint[] {
  const seed = session.optional("seed");
  const { ethers } = session.hre;
  return Array.from({ length: 16 * count + 32 }, (_, index) =>
    BigInt(seed === undefined ? ethers.hexlify(osRandom(32)) : ethers.id(`${seed}/${index}`)),
  );
}

/** The names of this user's keys by address. */
async function knownNames(): Promise<Map<string, string>> {
  const names = await listKeyFiles();
  return new Map(await Promise.all(names.map(async (name) => [await keyFileAddress({ name }), name] as const)));
}
