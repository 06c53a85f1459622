import { loadFixture } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { ethers } from "hardhat";

import { childContext, childrenContext, type Child, hostile, POLICY } from "../../support/conditions";

const NODE_GAS = 3_000_000n;

type Outcome = "yes" | "no" | "failed";
const OUTCOMES: readonly Outcome[] = ["yes", "no", "failed"];

/** Kleene's three-valued logic, written down independently of the contracts. */
const KLEENE = {
  all: (children: readonly Outcome[]): Outcome =>
    children.includes("no") ? "no" : children.includes("failed") ? "failed" : "yes",
  any: (children: readonly Outcome[]): Outcome =>
    children.includes("yes") ? "yes" : children.includes("failed") ? "failed" : "no",
  not: (child: Outcome): Outcome => ({ yes: "no", no: "yes", failed: "failed" })[child] as Outcome,
};

describe("AllOf, AnyOf, Not", () => {
  async function deploy() {
    const [requester] = await ethers.getSigners();
    const [all, any, not, mock, window] = await Promise.all(
      ["AllOf", "AnyOf", "Not", "HostileCondition__Mock", "TimeWindow"].map((name) => ethers.deployContract(name)),
    );
    const address = {
      all: await all.getAddress(),
      any: await any.getAddress(),
      not: await not.getAddress(),
      mock: await mock.getAddress(),
      window: await window.getAddress(),
    };
    const interfaces = await ethers.getContractFactory("AllOf");
    const ask = (condition: string, context: string, gasLimit = NODE_GAS) =>
      interfaces.attach(condition).getFunction("isAllowed").staticCall(POLICY, requester, context, { gasLimit });
    return { requester, all, any, not, address, ask };
  }

  type System = Awaited<ReturnType<typeof deploy>>;

  const child = ({ address }: System, outcome: Outcome): Child => [
    address.mock,
    hostile(outcome === "failed" ? "revert" : outcome),
  ];

  async function expectOutcome(system: System, condition: string, context: string, outcome: Outcome): Promise<void> {
    if (outcome !== "failed") return void expect(await system.ask(condition, context)).to.equal(outcome === "yes");
    await expect(system.ask(condition, context)).to.be.revertedWithCustomError(system.all, "ChildFailed");
  }

  function combinations(length: number): Outcome[][] {
    if (length === 0) return [[]];
    return combinations(length - 1).flatMap((rest) => OUTCOMES.map((outcome) => [...rest, outcome]));
  }

  it("follow Kleene's logic for every combination of one to three children", async () => {
    const system = await loadFixture(deploy);
    const { address } = system;
    for (const outcomes of [1, 2, 3].flatMap(combinations)) {
      const context = childrenContext(outcomes.map((outcome) => child(system, outcome)));
      await expectOutcome(system, address.all, context, KLEENE.all(outcomes));
      await expectOutcome(system, address.any, context, KLEENE.any(outcomes));
    }
    for (const outcome of OUTCOMES) {
      await expectOutcome(system, address.not, childContext(child(system, outcome)), KLEENE.not(outcome));
    }
  });

  it("open nothing by a failure under any chain of negations", async () => {
    const system = await loadFixture(deploy);
    let nested = child(system, "failed");
    for (let depth = 0; depth < 8; depth++) {
      nested = [system.address.not, childContext(nested)];
      await expectOutcome(system, nested[0], nested[1], "failed");
    }
    const failing = childrenContext([child(system, "yes"), child(system, "failed")]);
    await expectOutcome(system, system.address.not, childContext([system.address.all, failing]), "failed");
  });

  it("name the first child that failed", async () => {
    const system = await loadFixture(deploy);
    const { all, any, not, address, ask } = system;
    const nobody = "0x" + "77".repeat(20);
    const children: Child[] = [child(system, "yes"), [nobody, "0x"], child(system, "failed")];
    await expect(ask(address.all, childrenContext(children)))
      .to.be.revertedWithCustomError(all, "ChildFailed")
      .withArgs(1, ethers.getAddress(nobody));
    await expect(ask(address.any, childrenContext(children.slice(1))))
      .to.be.revertedWithCustomError(any, "ChildFailed")
      .withArgs(0, ethers.getAddress(nobody));
    await expect(ask(address.not, childContext(child(system, "failed"))))
      .to.be.revertedWithCustomError(not, "ChildFailed")
      .withArgs(0, address.mock);
  });

  it("take 1 to 32 children", async () => {
    const system = await loadFixture(deploy);
    const { all, any, address, ask } = system;
    const many = (count: number) => childrenContext(Array<Child>(count).fill(child(system, "yes")));
    for (const [condition, contract] of [
      [address.all, all],
      [address.any, any],
    ] as const) {
      for (const count of [0, 33]) {
        await expect(ask(condition, many(count)))
          .to.be.revertedWithCustomError(contract, "ChildCountOutOfRange")
          .withArgs(count, 32);
      }
      for (const count of [1, 32]) expect(await ask(condition, many(count)), `${count}`).to.equal(true);
    }
  });

  it("refuse a context that is none", async () => {
    const { address, ask } = await loadFixture(deploy);
    for (const condition of [address.all, address.any, address.not]) {
      for (const context of ["0x", "0x01", ethers.ZeroHash]) await expect(ask(condition, context)).to.be.reverted;
    }
  });

  context("Hostile children", () => {
    const HOSTILE = {
      "burns all its gas": hostile("burnGas"),
      "returns 1 MB": hostile("return", 1_000_000n),
      "returns nothing": hostile("return", 0n),
      "returns 31 bytes": hostile("return", 31n),
      "returns 33 bytes": hostile("return", 33n),
      "returns two": hostile("word", 2n),
      "returns 2^255 + 1": hostile("word", (1n << 255n) + 1n),
      reverts: hostile("revert"),
    };
    for (const [what, context] of Object.entries(HOSTILE)) {
      it(`that ${what}: neither yes nor no, and the others are asked all the same`, async () => {
        const system = await loadFixture(deploy);
        const { address } = system;
        const bad: Child = [address.mock, context];
        await expectOutcome(system, address.all, childrenContext([bad, child(system, "yes")]), "failed");
        await expectOutcome(system, address.all, childrenContext([bad, child(system, "no")]), "no");
        await expectOutcome(system, address.any, childrenContext([bad, child(system, "no")]), "failed");
        await expectOutcome(system, address.any, childrenContext([bad, child(system, "yes")]), "yes");
        await expectOutcome(system, address.not, childContext(bad), "failed");
      });
    }

    it("starve nobody: 31 that burn their gas leave the last its share of the 3 M", async () => {
      const system = await loadFixture(deploy);
      const burners = Array<Child>(31).fill([system.address.mock, hostile("burnGas")]);
      const context = childrenContext([...burners, [system.address.mock, hostile("withGas", 60_000n)]]);
      expect(await system.ask(system.address.any, context)).to.equal(true);
    });

    it("are asked once each: what answers by its gas cannot say yes and no", async () => {
      const system = await loadFixture(deploy);
      const { address } = system;
      const fickle: Child = [address.mock, hostile("withGas", 1_000_000n)];
      const contradiction = childrenContext([fickle, [address.not, childContext(fickle)]]);
      expect(await system.ask(address.all, childrenContext([fickle]))).to.equal(true);
      expect(await system.ask(address.all, contradiction)).to.equal(false);
      expect(await system.ask(address.any, contradiction)).to.equal(true);
    });

    it("fail, not fall, when no gas is left for them", async () => {
      const system = await loadFixture(deploy);
      const context = childrenContext([child(system, "yes")]);
      await expect(system.ask(system.address.all, context, 36_000n)).to.be.revertedWithCustomError(
        system.all,
        "ChildFailed",
      );
    });
  });

  it("nest as deep as the 4,096 bytes of a condition allow, within the gas of a node", async () => {
    const system = await loadFixture(deploy);
    const { address } = system;
    let nested: Child = [address.window, childContextOfWindow()];
    let expected = true;
    let depth = 0;
    for (;;) {
      const next: Child = [address.not, childContext(nested)];
      if (ethers.dataLength(ethers.AbiCoder.defaultAbiCoder().encode(["address", "bytes"], next)) > 4_096) break;
      nested = next;
      expected = !expected;
      depth++;
    }
    expect(depth).to.be.at.least(20);
    expect(await system.ask(nested[0], nested[1])).to.equal(expected);
  });

  function childContextOfWindow(): string {
    return ethers.AbiCoder.defaultAbiCoder().encode(["uint256", "uint256"], [0, ethers.MaxUint256]);
  }
});
