import { use } from "chai";

type Utils = Chai.ChaiUtils & { eql(a: unknown, b: unknown): boolean };

/**
 * Hardhat's matchers look for three libraries of big numbers with every `equal`, in vain: 0.3 ms, and as much again for each value
 * within a `deep.equal`. What is the same for chai passes without them; all else is theirs to judge, and to tell of.
 */
use(({ Assertion }, utils) => {
  const { flag, eql } = utils as Utils;
  const judge = (_super: (...all: unknown[]) => unknown) =>
    function (this: object, expected: unknown, ...rest: unknown[]) {
      const actual: unknown = flag(this, "object");
      const same = flag(this, "deep") ? eql(actual, expected) : actual === expected;
      return same && !flag(this, "negate") ? undefined : _super.call(this, expected, ...rest);
    };
  for (const name of ["equal", "equals", "eq"])
    Assertion.overwriteMethod(name, judge as Parameters<typeof Assertion.overwriteMethod>[1]);
});
