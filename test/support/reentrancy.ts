/**
 * The reentrancy matrix: each function of a contract is called from within each other by a hostile contract that stands in for
 * all its peers. Whatever comes of it must come of the same two calls one after the other, in one of the two orders, or of none.
 */
import { loadFixture, time } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import type { BaseContract } from "ethers";
import { artifacts, ethers } from "hardhat";

import type { Hostile__Mock } from "../../typechain-types";
import { ask, fork, nextSecond, play, type Step } from "./steps";

/** What a matrix needs of a deployment: the contract, and the hostile one which is its peers and its user. */
export interface Hostility {
  readonly hostile: Hostile__Mock;
  readonly target: BaseContract;
}

export interface Matrix<S extends Hostility> {
  /** Name of the contract's artifact. */
  readonly contract: string;
  deploy(): Promise<S>;
  /** Arguments of one call of every function that changes state, which succeeds by itself. */
  readonly calls: Readonly<Record<string, (system: S) => readonly unknown[]>>;
  /** Wei that go with a call. */
  readonly values?: Readonly<Record<string, bigint>>;
  /** Who calls a foreign contract on its way; all others give no occasion to strike. */
  readonly callers: readonly string[];
  /** What a call needs, inner or outer, that the others do not. */
  prepare?(system: S, names: readonly string[]): Promise<void>;
  /** Calls of views that together show all state. */
  questions(system: S): Promise<readonly Question[]>;
  /** What the hostile contract was told to move, and is to be seen. */
  readonly movements?: readonly string[];
  /**
   * In the default run only one in so many of the other functions is called from within each; every function is called from within
   * some. All are, under NKMS_DEEP.
   */
  readonly oneIn?: number;
  /** Seconds after which it is asked again, where time brings consequences to light. */
  readonly later?: bigint;
}

/** A call of a view. */
export type Question = readonly [whom: BaseContract, name: string, ...args: unknown[]];

export function itWithstandsReentrancy<S extends Hostility>(matrix: Matrix<S>): void {
  const { contract, calls, callers } = matrix;
  const names = Object.keys(calls);
  const known = new Map<string, string>();

  async function inCell(system: S, outer: string, inner: string, use: (cell: Cell<S>) => Promise<void>): Promise<void> {
    await fork(async () => {
      await matrix.prepare?.(system, [outer, inner]);
      await use(new Cell(matrix, system, outer, inner));
    });
  }

  it("has a call of every function that changes state", async () => {
    expect([...names].sort()).to.deep.equal((await stateChanging(contract)).sort());
    expect(names).to.include.members([...callers]);
  });

  const strikes = (outer: string) => {
    const oneIn = process.env.NKMS_DEEP ? 1 : (matrix.oneIn ?? 1);
    return names.filter((inner, i) => inner === outer || (callers.indexOf(outer) + i) % oneIn === 0);
  };

  it("has every function called from within another one, where another gives occasion", () => {
    const struck = callers.flatMap((outer) => strikes(outer).filter((inner) => inner !== outer));
    const strikable = names.filter((inner) => callers.some((outer) => outer !== inner));
    expect([...new Set(struck)].sort()).to.deep.equal(strikable.sort());
  });

  for (const outer of names.filter((name) => callers.includes(name))) {
    it(`${outer}: whatever is called from within comes to the same as called before or after`, async () => {
      const system = await loadFixture(matrix.deploy);
      await inCell(system, outer, outer, (cell) => cell.expectPossible());
      for (const inner of strikes(outer))
        await inCell(system, outer, inner, (cell) => cell.expectOneOfTwoOrders(known));
    });
  }

  for (const outer of names.filter((name) => !callers.includes(name))) {
    it(`${outer}: gives nobody an occasion`, async () => {
      const system = await loadFixture(matrix.deploy);
      await inCell(system, outer, outer, (cell) => cell.expectNoOccasion());
    });
  }
}

/** Two functions, one called from within the other. */
class Cell<S extends Hostility> {
  constructor(
    private readonly matrix: Matrix<S>,
    private readonly system: S,
    private readonly outer: string,
    private readonly inner: string,
  ) {}

  async expectPossible(): Promise<void> {
    const { data, value } = this.call(this.outer);
    const running = this.system.hostile.interface.encodeFunctionData("run", [data]);
    await fork(async () => play(await this.step(running, value)));
  }

  async expectNoOccasion(): Promise<void> {
    expect((await this.attack())?.struck, `${this.outer} called somebody`).to.equal(false);
  }

  /** An attack that is refused as a whole comes to nothing, which is fine too. `known` keeps what calls in turn come to. */
  async expectOneOfTwoOrders(known: Map<string, string>): Promise<void> {
    const { outer, inner } = this;
    const attack = await this.attack();
    if (attack === undefined) return;
    expect(attack.struck, `${inner} got its occasion within ${outer}`).to.equal(true);
    if (attack.seen === (await this.inTurn([outer, inner], known))) return;
    expect(attack.seen, `${inner} within ${outer}`).to.equal(await this.inTurn([inner, outer], known));
  }

  /** Undefined if it was refused. */
  private async attack(): Promise<{ struck: boolean; seen: string } | undefined> {
    const { hostile } = this.system;
    const data = hostile.interface.encodeFunctionData("attack", [this.call(this.outer), this.call(this.inner)]);
    return fork(async () => {
      const done = await play(await this.step(data)).then(
        () => true,
        () => false,
      );
      return done ? { struck: await hostile.struck(), seen: await this.seen() } : undefined;
    });
  }

  private async inTurn(names: readonly string[], known: Map<string, string>): Promise<string> {
    const key = names.join();
    if (!known.has(key)) {
      const calls = names.map((name) => this.call(name));
      const data = this.system.hostile.interface.encodeFunctionData("inTurn", [calls]);
      const seen = await fork(async () => {
        await play(await this.step(data));
        return this.seen();
      });
      known.set(key, seen);
    }
    return known.get(key)!;
  }

  private call(name: string): { data: string; value: bigint } {
    const { calls, values } = this.matrix;
    const data = this.system.target.interface.encodeFunctionData(name, calls[name](this.system));
    return { data, value: values?.[name] ?? 0n };
  }

  /** A transaction to the hostile contract in the very next second. */
  private async step(data: string, value = 0n): Promise<Step> {
    const [from] = await ethers.getSigners();
    await nextSecond((await time.latest()) + 1);
    return { from: from.address, to: this.system.hostile.target as string, data, value: ethers.toQuantity(value) };
  }

  /** What is to be seen now, and later. */
  private async seen(): Promise<string> {
    const { later } = this.matrix;
    const now = await this.look();
    if (later === undefined) return now;
    await time.increase(later);
    return `${now}\n${await this.look()}`;
  }

  private async look(): Promise<string> {
    const { hostile } = this.system;
    const questions = (await this.matrix.questions(this.system)).map(([whom, name, ...args]) => ({
      whom: whom.target as string,
      data: whom.interface.encodeFunctionData(name, args),
    }));
    const selectors = (this.matrix.movements ?? []).map((name) => ethers.id(name).slice(0, 10));
    const data = hostile.interface.encodeFunctionData("see", [questions, selectors]);
    await nextSecond((await time.latest()) + 1);
    return ask({ to: hostile.target as string, data });
  }
}

async function stateChanging(contract: string): Promise<string[]> {
  const { abi } = await artifacts.readArtifact(contract);
  return (abi as { type: string; name: string; stateMutability: string }[])
    .filter(({ type, stateMutability }) => type === "function" && !/view|pure/.test(stateMutability))
    .map(({ name }) => name);
}
