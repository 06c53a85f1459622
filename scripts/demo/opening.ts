/** Before anything is shared: chain, contracts, people, nodes. */
import type { HardhatRuntimeEnvironment } from "hardhat/types";

import { deploySystem } from "../../deploy/deploySystem";
import { connectChain } from "../../src/chain/connection";
import { saveDeployment } from "../../src/chain/deployment";
import { connect } from "../../src/client/connect";
import type { Client } from "../../src/client/client";
import { formatAmount, parseAmount } from "../../src/protocol/amount";
import { nkms } from "../../tasks/support/show";
import { drawStakeLine } from "../../tasks/support/stakeLine";
import { person, writePasswordFile } from "./cast";
import { startLocalChain } from "./localChain";
import { segments } from "./line";
import { enlist, hire, run } from "./operators";
import type { DemoOptions } from "./options";
import { DECAY_PERIODS, DEMO_PARAMETERS, INITIAL_SUPPLY, MAX_SUPPLY, MIN_DEPOSIT, PERIOD_SECONDS } from "./parameters";
import { SeededRandom } from "./seededRandom";
import { drawStakes, operatorName } from "./stakes";
import type { Facts, Telling } from "./story";
import type { World } from "./world";

const PURSE = parseAmount("1000");

/** Step 1: an empty world with all contracts. */
export async function openWorld(hre: HardhatRuntimeEnvironment, home: string, seed: number): Promise<World> {
  const local = await startLocalChain(hre);
  const deployment = await deploySystem(hre, { deployer: local.deployer, parameters: DEMO_PARAMETERS });
  const deployer = await hre.ethers.getSigner(local.deployer);
  const chain = await connectChain({ rpcUrl: local.url, deployment });
  await saveDeployment(deployment, home);
  const passwordFile = await writePasswordFile(home);
  const pay = async (account: string, amount: bigint) => {
    await local.fund(account);
    const token = await connectChain({ provider: hre.ethers.provider, deployment, signer: deployer });
    await token.nkmsToken.transfer(account, amount).send();
  };
  return { seed, home, passwordFile, local, deployment, chain, pay, operators: [], clients: new Map() };
}

export function tellContracts({ deployment }: World, { line }: Telling): Facts {
  line("NKMSToken  StakingEscrow  NodeRegistry  KeyRegistry  PolicyManager");
  line(`supply ${nkms(INITIAL_SUPPLY)}   at most ${nkms(MAX_SUPPLY)}`);
  line(`T = ${DECAY_PERIODS} periods of ${PERIOD_SECONDS} s   minimum deposit ${nkms(MIN_DEPOSIT)}`);
  return { deployment: { ...deployment }, supply: formatAmount(INITIAL_SUPPLY), maxSupply: formatAmount(MAX_SUPPLY) };
}

/** Step 2: operators with different stakes. Their weight and their workers count from the next period, which then begins. */
export async function stakeOperators(world: World, { nodes, seed }: DemoOptions, { line, progress }: Telling) {
  const stakes = drawStakes(nodes, new SeededRandom(`nkms demo/${seed}/stakes`));
  for (const [index, stake] of stakes.entries()) {
    const operator = await hire(world, person(seed, operatorName(index)), stake);
    progress(`${operator.name} stakes ${nkms(stake)}`);
    await world.pay(operator.identity.account.address, stake);
    await enlist(world, operator);
    world.operators.push(operator);
  }
  await world.local.pass(PERIOD_SECONDS);
  line(drawStakeLine(await segments(world)));
  line(
    `0${`D = ${nkms(await world.chain.stakingEscrow.totalLockedAt(await world.chain.stakingEscrow.currentPeriod()))}`.padStart(71)}`,
  );
  return {
    stakes: world.operators.map(({ name, stake, identity }) => ({
      name,
      address: identity.account.address,
      stake: formatAmount(stake),
    })),
  };
}

/** Step 3: a process per node, two starting at a time. */
export async function startNodes(world: World, { line, progress }: Telling): Promise<Facts> {
  const waiting = [...world.operators];
  const start = async (): Promise<void> => {
    for (let operator = waiting.shift(); operator; operator = waiting.shift()) {
      progress(`${operator.name} opens its key file and its store`);
      await run(world, operator);
    }
  };
  await Promise.all([start(), start()]);
  const [first] = world.operators;
  const { engine, backend } = await nodeInfo(first.port);
  line(`${world.operators.length} processes, each with its own socket, key file and sealed store`);
  line(`engine ${engine}, curve back-end ${backend}`);
  return {
    engine,
    backend,
    nodes: world.operators.map(({ name, port, process }) => ({ name, port, pid: process?.pid })),
  };
}

/** Alice and Bob, with money and published keys. */
export async function invite(world: World, name: string): Promise<Client> {
  const identity = person(world.seed, name);
  await world.pay(identity.account.address, PURSE);
  const client = await connect({
    network: { rpcUrl: world.local.url, chainId: world.deployment.chainId },
    identity,
    home: world.home,
    deployment: world.deployment,
    publish: true,
    random: new SeededRandom(`nkms demo/${world.seed}/${name}/random`).bytes,
    nodeTimeoutMs: 3_000,
  });
  world.clients.set(name, client);
  return client;
}

async function nodeInfo(port: number): Promise<{ engine: string; backend: string }> {
  const response = await fetch(`http://127.0.0.1:${port}/v1/info`);
  return (await response.json()) as { engine: string; backend: string };
}
