/** Operators: each stakes, registers its node and runs it as a process of its own. */
import { join } from "node:path";

import { type Chain, connectChain } from "../../src/chain/connection";
import { writeDurably } from "../../src/disk/durableFile";
import type { Identity } from "../../src/chain/identity";
import { registrationSteps } from "../../src/chain/registration";
import { umbral } from "../../src/crypto/umbral";
import { parseAmount } from "../../src/protocol/amount";
import { nodeKeys } from "../../src/protocol/keys";
import { writeKeyFile } from "./cast";
import { freePort, NodeProcess, type NodeProgram } from "./nodeProcess";
import type { Operator, World } from "./world";

/** A week, after which a position must be left to wind down. */
const LOCK_PERIODS = 1_008n;
const PERMIT_SECONDS = 3_600n;
/** Half a hundredth of an NKMS per hour. */
const FEE_RATE = parseAmount("0.005") / 3_600n;
const CAPACITY = 1_000n;

/** An operator with a key file of its own and a port for its node. */
export async function hire(world: World, identity: Identity, stake: bigint): Promise<Operator> {
  const name = identity.name!; // person() names everybody
  await writeKeyFile(world.seed, name, world.home);
  return { name, identity, stake, port: await freePort() };
}

/** Stakes and registers: what `stake:create` and `node:register` send. */
export async function enlist(world: World, { identity, stake, port }: Operator): Promise<void> {
  const chain = await connectChain({ rpcUrl: world.local.url, deployment: world.deployment, signer: identity.account });
  try {
    await stakeAll(chain, identity, stake);
    const keys = nodeKeys(identity.seed, umbral());
    const record = {
      url: `http://127.0.0.1:${port}`,
      encryptionKey: keys.encryption.publicKey,
      checkKey: keys.check.publicKey.slice(1),
      terms: { feeRate: FEE_RATE, capacity: CAPACITY, minDuration: 60n, maxDuration: 604_800n },
    };
    const steps = await registrationSteps(chain, identity.account.address, record, keys.worker);
    for (const { call } of steps) await (await call()).send();
  } finally {
    chain.close();
  }
}

async function stakeAll(chain: Chain, { account }: Identity, stake: bigint): Promise<void> {
  const deadline = BigInt(await chain.headTime()) + PERMIT_SECONDS;
  const permit = await chain.nkmsToken.permit(account, chain.deployment.StakingEscrow, stake, deadline);
  await chain.stakingEscrow.createWithPermit(stake, LOCK_PERIODS, permit).send();
}

/** Starts, or starts again, the operator's node on its own store. */
export async function run(world: World, operator: Operator, program: NodeProgram = "honest"): Promise<void> {
  const config = join(world.home, `${operator.name}.json`);
  const settings = {
    rpcUrl: world.local.url,
    expectedChainId: world.deployment.chainId,
    identity: operator.name,
    home: world.home,
    port: operator.port,
    following: { pollMs: 200 },
  };
  await writeDurably(config, JSON.stringify(settings), { mode: 0o600 });
  const logFile = join(world.home, `${operator.name}.log`);
  operator.process = await NodeProcess.start({ program, config, passwordFile: world.passwordFile, logFile });
}
