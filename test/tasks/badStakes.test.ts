import { expect } from "chai";
import { getAddress, parseEther } from "ethers";

import { useTaskWorld } from "../support/taskWorld";

describe("tasks of staking refuse, with the values and a way on,", () => {
  const world = useTaskWorld();
  const json = (name: string, args = {}) => world().json(name, { from: "ada", yes: true, ...args });
  const create = (amount: string) => json("stake:create", { amount, lock: "7p" });
  const list = async () => (await world().json("stake:list", { of: "ada" })).value;

  /** What has happened before. */
  const STATES = {
    nothing: () => Promise.resolve(),
    "two stakes": async () => {
      await create("30000");
      await create("15000");
    },
    "a winding down": async () => {
      await STATES["two stakes"]();
      await json("stake:winddown");
    },
    "a long winding down": async () => {
      await json("stake:create", { amount: "29999.9", lock: "100p" });
      await json("stake:winddown");
    },
    "the end of a lock": async () => {
      await STATES["a winding down"]();
      const { currentPeriod, positions } = await list();
      await world().passPeriods(positions[0].endPeriod - 1 - currentPeriod);
    },
  };
  /** Stand for what is known once the state is made. */
  const END = "the end of position 0";
  const ADA = "ada's address";
  const BEA = "bea's address";
  const wei = (amount: string) => parseEther(amount).toString();
  const [minimum, most] = [wei("15000"), wei("3890000000")];
  const lock = (lockPeriods: string) => ({ lockPeriods, minimum: "7", maximum: "20160" });
  const LOCKS = /at least --lock 7p and at most --lock 20160p/;
  const PARTS = /^Split off at least 15000 NKMS and at most 15000 NKMS\./;
  const longLock = { amount: "15000", lock: "65536p" };

  type Row = readonly [what: string, task: string, args: object, code: string, data: object, fix: RegExp];
  const ROWS: Record<keyof typeof STATES, readonly Row[]> = {
    nothing: [
      [
        "an amount of zero",
        "stake:create",
        { amount: "0", lock: "7p" },
        "E_DEPOSIT_BELOW_MINIMUM",
        { amount: "0", minimum },
        /^Use at least 15000 NKMS/,
      ],
      [
        "less than the minimum",
        "stake:create",
        { amount: "14999.9", lock: "7p" },
        "E_DEPOSIT_BELOW_MINIMUM",
        { amount: wei("14999.9"), minimum },
        /^Use at least 15000 NKMS/,
      ],
      [
        "more than can exist",
        "stake:create",
        { amount: "3890000000.1", lock: "7p" },
        "E_DEPOSIT_ABOVE_MAXIMUM",
        { amount: wei("3890000000.1"), maximum: most },
        /^Use less/,
      ],
      [
        "more than 128 bits",
        "stake:create",
        { amount: `${2n ** 128n}wei`, lock: "7p" },
        "E_DEPOSIT_ABOVE_MAXIMUM",
        { amount: `${2n ** 128n}`, maximum: most },
        /^Use less/,
      ],
      [
        "more than there is",
        "stake:create",
        { amount: "100001", lock: "7p" },
        "E_ERC20_INSUFFICIENT_BALANCE",
        { balance: wei("100000"), needed: wei("100001") },
        /^Use a smaller amount/,
      ],
      ["too short a lock", "stake:create", { amount: "15000", lock: "6p" }, "E_LOCK_OUT_OF_RANGE", lock("6"), LOCKS],
      [
        "too long a lock",
        "stake:create",
        { amount: "15000", lock: "20161p" },
        "E_LOCK_OUT_OF_RANGE",
        lock("20161"),
        LOCKS,
      ],
      ["a lock of more than 16 bits", "stake:create", longLock, "E_LOCK_OUT_OF_RANGE", lock("65536"), LOCKS],
      [
        "a simulation of less than the minimum",
        "stake:simulate",
        { amount: "1", lock: "7p" },
        "E_DEPOSIT_BELOW_MINIMUM",
        { amount: wei("1"), minimum },
        /^Use at least 15000 NKMS/,
      ],
      [
        "a position that does not exist",
        "stake:increase",
        { amount: "1" },
        "E_NO_SUCH_POSITION",
        { staker: ADA, index: "0" },
        /stake:list/,
      ],
    ],
    "two stakes": [
      ["zero more", "stake:increase", { amount: "0" }, "E_ZERO_AMOUNT", {}, /above zero/],
      [
        "more than is left",
        "stake:increase",
        { amount: "55001" },
        "E_ERC20_INSUFFICIENT_BALANCE",
        { balance: wei("55000"), needed: wei("55001") },
        /^Use a smaller amount/,
      ],
      [
        "another's position",
        "stake:increase",
        { from: "bea", amount: "1" },
        "E_NO_SUCH_POSITION",
        { staker: BEA, index: "0" },
        /stake:list/,
      ],
      [
        "a number of more than 8 bits",
        "stake:winddown",
        { id: "256" },
        "E_NO_SUCH_POSITION",
        { staker: ADA, index: "256" },
        /stake:list/,
      ],
      [
        "rewards for a position that does not exist",
        "rewards:claim",
        { restake: "2" },
        "E_NO_SUCH_POSITION",
        { staker: ADA, index: "2" },
        /stake:list/,
      ],
      [
        "the same lock",
        "stake:prolong",
        { lock: "7p" },
        "E_LOCK_NOT_LONGER",
        { index: "0", lockPeriods: "7", current: "7" },
        /longer lock/,
      ],
      [
        "a longer lock than any",
        "stake:prolong",
        { lock: "20161p" },
        "E_LOCK_OUT_OF_RANGE",
        lock("20161"),
        /at least --lock 8p and at most --lock 20160p/,
      ],
      [
        "a part below the minimum",
        "stake:divide",
        { amount: "14999" },
        "E_DEPOSIT_BELOW_MINIMUM",
        { amount: wei("14999"), minimum },
        PARTS,
      ],
      [
        "a rest below the minimum",
        "stake:divide",
        { amount: "15001" },
        "E_DEPOSIT_BELOW_MINIMUM",
        { amount: wei("14999"), minimum },
        PARTS,
      ],
      [
        "a part above the whole",
        "stake:divide",
        { amount: "30001" },
        "E_DEPOSIT_ABOVE_MAXIMUM",
        { amount: wei("30001"), maximum: wei("30000") },
        PARTS,
      ],
      [
        "a merge with itself",
        "stake:merge",
        { id: "1", with: "1" },
        "E_MERGE_WITH_ITSELF",
        { index: "1" },
        /stake:list/,
      ],
      [
        "a merge with none",
        "stake:merge",
        { id: "0", with: "7" },
        "E_NO_SUCH_POSITION",
        { staker: ADA, index: "7" },
        /stake:list/,
      ],
      [
        "to re-lock what does",
        "stake:winddown",
        { off: true },
        "E_NOT_WINDING_DOWN",
        { index: "0" },
        /stake:winddown --id 0/,
      ],
      [
        "to pay out what re-locks",
        "stake:withdraw",
        { id: "1" },
        "E_NOT_WINDING_DOWN",
        { index: "1" },
        /stake:winddown --id 1/,
      ],
      [
        "to reactivate what is not suspended",
        "node:reactivate",
        {},
        "E_NODE_NOT_SUSPENDED",
        { node: ADA },
        /^Nothing needs to be done/,
      ],
    ],
    "a winding down": [
      [
        "to wind down twice",
        "stake:winddown",
        {},
        "E_ALREADY_WINDING_DOWN",
        { index: "0", endPeriod: END },
        /^Nothing needs to be done/,
      ],
      [
        "to merge with what re-locks",
        "stake:merge",
        { id: "0", with: "1" },
        "E_ENDS_DIFFER",
        { endPeriod: END, otherEndPeriod: "0" },
        /winding down one of them first/,
      ],
    ],
    "a long winding down": [
      [
        "a shorter lock",
        "stake:prolong",
        { lock: "1p" },
        "E_LOCK_NOT_LONGER",
        { index: "0", lockPeriods: "1", current: "100" },
        /longer lock/,
      ],
      [
        "a lock that the grid of ends takes past the longest",
        "stake:prolong",
        { lock: "20160p" },
        "E_LOCK_OUT_OF_RANGE",
        { minimum: "7", maximum: "20160" },
        /at least --lock 101p and at most --lock 20155p/,
      ],
      [
        "to divide less than two minima",
        "stake:divide",
        { amount: "15000" },
        "E_DEPOSIT_BELOW_MINIMUM",
        { amount: wei("14999.9"), minimum },
        /^A position can be divided from 30000 NKMS on: increase it first\./,
      ],
    ],
    "the end of a lock": [
      [
        "to add to what has ended",
        "stake:increase",
        { amount: "1" },
        "E_POSITION_ENDED",
        { index: "0", endPeriod: END },
        /stake:withdraw/,
      ],
      [
        "to re-lock what has ended",
        "stake:winddown",
        { off: true },
        "E_POSITION_ENDED",
        { index: "0", endPeriod: END },
        /stake:withdraw/,
      ],
    ],
  };

  for (const [state, rows] of Object.entries(ROWS))
    it(`after ${state}`, async () => {
      await STATES[state as keyof typeof STATES]();
      const [ada, bea] = await Promise.all(["ada", "bea"].map((name) => world().identity(name)));
      const known: Record<string, unknown> = {
        [ADA]: ada.account.address,
        [BEA]: bea.account.address,
        [END]: `${(await list()).positions[0]?.endPeriod}`,
      };
      const nonce = await world().rpc.getTransactionCount(ada.account.address);
      for (const [what, task, args, code, data, fix] of rows) {
        const { exitCode, value } = await json(task, args);
        expect([exitCode, value.error?.code], what).to.deep.equal([3, code]);
        const expected = Object.entries(data).map(([key, given]) => [key, known[given as string] ?? given]);
        expect(value.error.data, what).to.deep.include(Object.fromEntries(expected));
        expect(value.error.fix, what).to.match(fix);
      }
      expect(await world().rpc.getTransactionCount(ada.account.address)).to.equal(nonce);
    });

  it("a worker that serves another staker", async () => {
    const register = (more: object) => json("node:register", { url: "http://127.0.0.1:9", ...more });
    const { value: first } = await register({});
    const { exitCode, value } = await register({ from: "bea", worker: "ada" });
    expect([exitCode, value.error?.code], JSON.stringify(value)).to.deep.equal([3, "E_WORKER_TAKEN"]);
    const ada = (await world().identity("ada")).account.address;
    expect(value.error.data).to.deep.include({ worker: getAddress(first.worker as string), staker: ada });
    expect(value.error.fix).to.match(/^Use another key: node:register --worker <name>\./);
  });
});
