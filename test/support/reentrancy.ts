/**
 * The reentrancy matrix: each function of a contract is called from within each other by a hostile contract that stands in for
 * all its peers. Whatever comes of it must come of the same two calls one after the other, in one of the two orders.
 */
import { loadFixture, time } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import type { BaseContract } from "ethers";
import { artifacts, ethers } from "hardhat";

import type { Hostile__Mock } from "../../typechain-types";
import { ask, fork, nextSecond, play } from "./steps";

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
  /** Seconds after which it is asked again, where time brings consequences to light. */
  readonly later?: bigint;
}

/** A call of a view. */
export type Question = readonly [whom: BaseContract, name: string, ...args: unknown[]];

type Call = Hostile__Mock.CallStruct;

export function itWithstandsReentrancy<S extends Hostility>(matrix: Matrix<S>): void {
  const { contract, calls, callers } = matrix;

  it("has a call of every function that changes state", async () => {
    expect(Object.keys(calls).sort()).to.deep.equal((await stateChanging(contract)).sort());
  });

  for (const name of Object.keys(calls)) {
    const strikes = callers.includes(name);
    it(
      strikes
        ? `${name}: whatever is called from within comes to the same as called before or after`
        : `${name}: calls nobody from within`,
      async () => {
        const system = await loadFixture(matrix.deploy);
        for (const inner of strikes ? Object.keys(calls) : [name]) {
          await fork(async () => {
            await matrix.prepare?.(system, [name, inner]);
            await new Cell(matrix, system).expect(name, inner, strikes);
          });
        }
      },
    );
  }
}

/** Two functions, one called from within the other. */
class Cell<S extends Hostility> {
  constructor(
    private readonly matrix: Matrix<S>,
    private readonly system: S,
  ) {}

  async expect(name: string, inner: string, strikes: boolean): Promise<void> {
    const [outer, strike] = [this.call(name), this.call(inner)];
    const got = await this.outcome("attack", [outer, strike]);
    expect(got.struck, `${inner} got its occasion within ${name}`).to.equal(strikes);
    if (!strikes) return;
    const orders = [
      await this.outcome("inTurn", [[outer, strike]]),
      await this.outcome("inTurn", [[strike, outer]]),
    ].map(({ seen }) => seen);
    expect(orders, `${inner} within ${name}`).to.include(got.seen);
  }

  private call(name: string): Call {
    const { calls, values } = this.matrix;
    const data = this.system.target.interface.encodeFunctionData(name, calls[name](this.system));
    return { data, value: values?.[name] ?? 0n };
  }

  /** What is seen after the hostile contract did something, now and later. */
  private async outcome(name: "attack" | "inTurn", args: unknown[]): Promise<{ struck: boolean; seen: string }> {
    const { hostile } = this.system;
    const { later } = this.matrix;
    const [from] = await ethers.getSigners();
    const data = hostile.interface.encodeFunctionData(name as never, args as never);
    return fork(async () => {
      await nextSecond((await time.latest()) + 1);
      await play({ from: from.address, to: hostile.target as string, data });
      const struck = await hostile.struck();
      const now = await this.see();
      if (later === undefined) return { struck, seen: now };
      await time.increase(later);
      return { struck, seen: `${now}\n${await this.see()}` };
    });
  }

  private async see(): Promise<string> {
    const { hostile } = this.system;
    const questions = (await this.matrix.questions(this.system)).map(([whom, name, ...args]) => ({
      whom: whom.target as string,
      data: whom.interface.encodeFunctionData(name, args),
    }));
    const selectors = (this.matrix.movements ?? []).map((name) => ethers.id(name).slice(0, 10));
    const data = hostile.interface.encodeFunctionData("see", [questions, selectors]);
    return ask({ to: hostile.target as string, data });
  }
}

async function stateChanging(contract: string): Promise<string[]> {
  const { abi } = await artifacts.readArtifact(contract);
  return (abi as { type: string; name: string; stateMutability: string }[])
    .filter(({ type, stateMutability }) => type === "function" && !/view|pure/.test(stateMutability))
    .map(({ name }) => name);
}
