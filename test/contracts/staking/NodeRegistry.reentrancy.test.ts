import { Wallet } from "ethers";
import { ethers } from "hardhat";

import { BOND, nodeRegistryDomain } from "../../../src/protocol/policy";
import { compressedKey, xOnlyKey } from "../../support/keys";
import { Random } from "../../support/random";
import { itWithstandsReentrancy } from "../../support/reentrancy";

const PERIOD = 1_000;
const URL = "https://node.example";
const TERMS = { feeRate: 7n, capacity: 3n, minDuration: 60n, maxDuration: 86_400n };
const random = new Random(0x0dedn);
const [KEY, CHECK_KEY] = [compressedKey(random), xOnlyKey(random)];

/** The hostile contract is escrow, which comes after the registry, and staker. */
async function deploy() {
  const [deployer] = await ethers.getSigners();
  const escrow = ethers.getCreateAddress({ from: deployer.address, nonce: (await deployer.getNonce()) + 1 });
  const target = await ethers.deployContract("NodeRegistry", [escrow, PERIOD]);
  const address = await target.getAddress();
  const hostile = await ethers.deployContract("Hostile__Mock", [address]);
  const run = (name: string, ...args: unknown[]) =>
    hostile.run(target.interface.encodeFunctionData(name as never, args as never));
  const { chainId } = await ethers.provider.getNetwork();
  const consentOf = (worker: Wallet, nonce: bigint) =>
    worker.signTypedData(
      nodeRegistryDomain(chainId, address),
      { [BOND.name]: [...BOND.fields] },
      { staker: hostile.target as string, worker: worker.address, nonce },
    );
  const workers = [1, 2].map((number) => new Wallet(ethers.id(`worker ${number}`)));
  const consents = await Promise.all(workers.map((worker, nonce) => consentOf(worker, BigInt(nonce))));
  return { hostile, target, run, workers, consents };
}

type System = Awaited<ReturnType<typeof deploy>>;

/** All calls but the registration are those of a node with a worker. */
async function prepare({ run, hostile, workers, consents }: System, names: readonly string[]): Promise<void> {
  if (!names.includes("register")) {
    await run("register", URL, KEY, CHECK_KEY, TERMS);
    await run("bondWorker", workers[0].address, consents[0]);
  }
  if (names.includes("closeSuspension")) await run("openSuspension", hostile.target);
}

describe(`NodeRegistry: reentrancy (seed ${random.seed})`, () => {
  itWithstandsReentrancy<System>({
    contract: "NodeRegistry",
    deploy,
    prepare,
    calls: {
      bondWorker: ({ workers, consents }) => [workers[1].address, consents[1]],
      closeSuspension: ({ hostile }) => [hostile.target],
      openSuspension: ({ hostile }) => [hostile.target],
      register: () => [URL, KEY, CHECK_KEY, TERMS],
      setCheckKey: () => [CHECK_KEY],
      setEncryptionKey: () => [KEY],
      setTerms: () => [TERMS],
      setUrl: () => [URL],
      unbondWorker: () => [],
    },
    callers: [],
    questions: async () => [],
  });
});
