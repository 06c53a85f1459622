import { expect } from "chai";
import { parseEther, ZeroAddress } from "ethers";

import { type Chain, connectChain } from "../../src/chain/connection";
import { taskDefinitions } from "../../tasks/support/define";
import { StakingEscrow__factory } from "../../typechain-types/factories/contracts/staking/StakingEscrow__factory";
import { useTaskWorld } from "../support/taskWorld";

type Fields = Record<string, unknown>;
type Args = Record<string, string | boolean>;

const URL = "http://127.0.0.1:9";
const OUTLOOK = ["withdrawableAt", "totalLocked", "expectedIncome"];
const LINE = ["units", "undrawn"];
const STAKE_ROWS = ["free", "share", "expected", "cost", "chain"];

describe("every task of staking", () => {
  const world = useTaskWorld();
  const json = (name: string, args: Args = {}) => world().json(name, { from: "ada", yes: true, ...args });
  let chain: Chain;
  let ada: string;

  before(async () => {
    const { account } = await world().identity("ada");
    ada = account.address;
    chain = await connectChain({ provider: world().rpc, signer: account });
  });

  /** Positions 0 and 1. */
  async function staked(): Promise<void> {
    await chain.nkmsToken.approve(chain.deployment.StakingEscrow, parseEther("60000")).send();
    for (const amount of ["45000", "15000"]) await chain.stakingEscrow.create(parseEther(amount), 7n).send();
  }

  /** Position 0 winds down. */
  async function windingDown(): Promise<void> {
    await staked();
    await chain.stakingEscrow.startWindDown(0).send();
  }

  /** The lock of position 0 is over, `later` periods ago. */
  async function ended(later = 0): Promise<void> {
    await windingDown();
    const [{ endPeriod }] = await chain.stakingEscrow.positions(ada);
    await world().passPeriods(Number(endPeriod - (await chain.stakingEscrow.currentPeriod())) + later);
  }

  async function earned(): Promise<void> {
    await staked();
    await world().passPeriods(2);
  }

  /** Convicted, and the wait is over. The deployment names nobody as health check: address zero, as which one speaks on test chains only. */
  async function suspended(): Promise<void> {
    await json("node:register", { url: URL });
    await earned();
    const { rpc } = world();
    const data = StakingEscrow__factory.createInterface().encodeFunctionData("convict", [ada]);
    await rpc.send("hardhat_impersonateAccount", [ZeroAddress]);
    await rpc.send("hardhat_setBalance", [ZeroAddress, "0xde0b6b3a7640000"]);
    await rpc.send("eth_sendTransaction", [{ from: ZeroAddress, to: chain.deployment.StakingEscrow, data }]);
    await rpc.send("hardhat_stopImpersonatingAccount", [ZeroAddress]);
    await world().passPeriods(1);
  }

  const WRITING: Record<string, { after?: () => Promise<void>; args?: Args; fields: string[]; rows: string[] }[]> = {
    "stake:create": [
      {
        args: { amount: "15000", lock: "7p" },
        fields: ["staker", "amount", "lockPeriods", ...OUTLOOK, ...LINE],
        rows: ["staker", "amount", "lock", "drawn", "risk", ...STAKE_ROWS],
      },
    ],
    "stake:increase": [
      {
        after: staked,
        args: { amount: "5" },
        fields: ["staker", "id", "added", "amount", ...OUTLOOK, ...LINE],
        rows: ["staker", "amount", "drawn", "risk", ...STAKE_ROWS],
      },
    ],
    "stake:prolong": [
      {
        after: windingDown,
        args: { lock: "20p" },
        fields: ["id", "lockPeriods", "endPeriod", ...OUTLOOK],
        rows: ["amount", "lock", ...STAKE_ROWS],
      },
    ],
    "stake:divide": [
      {
        after: staked,
        args: { amount: "15000" },
        fields: ["id", "amount", "newId", "newAmount", ...OUTLOOK],
        rows: ["position 0", "position 2", "both", ...STAKE_ROWS],
      },
    ],
    "stake:merge": [
      {
        after: staked,
        args: { id: "0", with: "1" },
        fields: ["id", "merged", "amount", "lockPeriods", ...OUTLOOK],
        rows: ["amount", "lock", ...STAKE_ROWS],
      },
    ],
    "stake:winddown": [
      { after: staked, fields: ["id", "windingDown", ...OUTLOOK], rows: ["position", "ends", ...STAKE_ROWS] },
      {
        after: windingDown,
        args: { off: true },
        fields: ["id", "windingDown", ...OUTLOOK],
        rows: ["position", "ends", ...STAKE_ROWS],
      },
    ],
    "stake:withdraw": [
      { after: () => ended(5), fields: ["positions", "amount"], rows: ["positions", "amount", "cost", "chain"] },
    ],
    "rewards:claim": [
      {
        after: earned,
        fields: ["staker", "mined", "fees", "collateralFreed"],
        rows: ["staker", "mined", "fees", "freed", "cost", "chain"],
      },
      {
        after: earned,
        args: { restake: "1" },
        fields: ["staker", "mined", "fees", "collateralFreed", "id", "amount", ...OUTLOOK],
        rows: ["staker", "mined", "position", "fees", "freed", ...STAKE_ROWS],
      },
    ],
    "token:transfer": [
      { args: { to: "bea", amount: "1" }, fields: ["from", "to", "amount"], rows: ["from", "to", "amount", "cost"] },
    ],
    "net:advance": [{ after: () => ended(1), fields: ["done"], rows: ["escrow", "cost", "chain"] }],
    "node:reactivate": [{ after: suspended, fields: ["staker"], rows: ["node", "from", "cost", "chain"] }],
  };

  const READING: Record<string, { args?: Args; fields: string[]; text: RegExp }> = {
    "stake:list": {
      args: { of: "ada" },
      fields: ["staker", "currentPeriod", "positions"],
      text: /^ *id +amount +lock +state +withdrawable\n *0 +45 000 NKMS +7p +re-locking/m,
    },
    "stake:simulate": {
      args: { amount: "15000", lock: "7p" },
      fields: ["amount", "lockPeriods", "totalLocked", "withdrawableAt", "steps"],
      text: /^ +share +20[^\n]* % of D = 75 000 NKMS/m,
    },
    "rewards:show": {
      args: { of: "ada" },
      fields: ["staker", "mined", "provisional", "fees", "policies"],
      text: /^ +mined +[1-9][\d ,.]* NKMS to claim, 0 NKMS not yet vested$/m,
    },
    emission: {
      args: { periods: "3" },
      fields: ["currentPeriod", "decayPeriods", "maxSupply", "steps"],
      text: /^ *period +allocated in it +supply after it\n( *[\d ]+[\d ,.]+\n){3} +█/m,
    },
    "net:status": {
      fields: [
        ...["chainId", "currentPeriod", "nextPeriodAt", "totalSupply", "allocatedSupply", "remainingSupply"],
        ...["maxSupply", "rewardRate", "totalLocked", "activeNodes", "registeredNodes"],
      ],
      text: /^ +locked +60 000 NKMS \(D\)\n +nodes +1 active, 1 registered$/m,
    },
    "net:nodes": {
      fields: ["nodes"],
      text: /^ *node +stake +state +url\n *ada +60 000 NKMS +active +http:\/\/127\.0\.0\.1:9$/m,
    },
    "net:sample": {
      args: { count: "1", seed: "7" },
      fields: ["nodes", "until", "totalUnits", "draws"],
      text: /^ +drawn: ada$/m,
    },
    "token:balance": {
      args: { of: "ada" },
      fields: ["account", "nkms", "ether"],
      text: /^ +tokens +40 000 NKMS\n +gas +0[\d.]* ETH$/m,
    },
  };

  it("has a row here", () => {
    const declared = taskDefinitions().filter(({ name }) => /^(stake|rewards|net|token):|^emission$/.test(name));
    const names = (writes: boolean) => declared.filter((task) => !!task.writes === writes).map(({ name }) => name);
    expect(names(true)).to.have.members(Object.keys(WRITING).filter((name) => name !== "node:reactivate"));
    expect(names(false)).to.have.members(Object.keys(READING));
  });

  /** What a transaction of ada's would change. */
  async function state(): Promise<Fields> {
    const { rpc } = world();
    const [nonce, ether, nkms, { number: block }] = await Promise.all([
      rpc.getTransactionCount(ada),
      rpc.getBalance(ada),
      chain.nkmsToken.balanceOf(ada),
      chain.block(),
    ]);
    return { nonce, block, ether: `${ether}`, nkms: `${nkms}` };
  }

  for (const [task, cases] of Object.entries(WRITING))
    for (const { after, args = {}, fields, rows } of cases)
      it(`${[task, ...Object.keys(args)].join(" ")}: previews, sends nothing in a dry run, then sends`, async () => {
        await after?.();
        const before = await state();
        const dry = await json(task, { ...args, dryRun: true });
        expect(dry.value).to.have.all.keys("ok", "dryRun", "estimate", ...fields);
        expect([dry.exitCode, dry.value.ok, dry.value.dryRun]).to.deep.equal([0, true, true]);
        expect(Number(dry.value.estimate.gas)).to.be.greaterThan(21_000);
        expect(await state()).to.deep.equal(before);

        const fork = await world().snapshot();
        const shown: string[] = [];
        const asked: Fields[] = [];
        const terminal = {
          interactive: true,
          note: (text: string) => void shown.push(text),
          ask: async () => (asked.push(await state()), "y"),
          askHidden: () => Promise.reject(new Error("no password is asked for")),
        };
        const answered = await world().run(task, { from: "ada", ...args }, { terminal });
        expect(asked).to.deep.equal([before]);
        for (const row of rows) expect(shown.join("\n")).to.match(new RegExp(`^ +${row} +\\S`, "m"));
        expect([answered.exitCode, answered.stderr]).to.deep.equal([0, ""]);
        expect(answered.stdout).to.match(/^ {2}✓ .*: mined in block/);
        await world().revert(fork);

        const { exitCode, value } = await json(task, args);
        expect([exitCode, value.ok]).to.deep.equal([0, true]);
        expect(value).to.have.all.keys("ok", "transactions", ...fields);
        expect((await state()).nonce).to.equal(Number(before.nonce) + value.transactions.length);
      });

  it("that only reads: text, or one JSON value", async () => {
    await json("node:register", { url: URL });
    await earned();
    const before = await state();
    for (const [task, { args, fields, text }] of Object.entries(READING)) {
      const { exitCode, value } = await world().json(task, args);
      expect([exitCode, value.ok], task).to.deep.equal([0, true]);
      expect(value, task).to.have.all.keys("ok", ...fields);
      const shown = await world().run(task, args);
      expect([shown.exitCode, shown.stderr], task).to.deep.equal([0, ""]);
      expect(shown.stdout, task).to.match(text);
    }
    expect(await state()).to.deep.equal(before);
  });
});
