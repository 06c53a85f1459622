import { use } from "chai";
import { isDeepStrictEqual } from "node:util";

/**
 * Hardhat's matchers look for three libraries of big numbers with every `equal`, in vain: 0.3 ms, and as much again for each value
 * within a `deep.equal`. What is the same passes without them; all else is theirs to judge, and to tell of.
 */
use(({ Assertion }, { flag }) => {
  const judge = (_super: (...all: unknown[]) => void) =>
    function (this: object, expected: unknown, ...rest: unknown[]) {
      const [actual, deep] = [flag(this, "object") as unknown, flag(this, "deep") as unknown];
      const same = deep ? isDeepStrictEqual(actual, expected) : actual === expected;
      if (!same || flag(this, "negate")) _super.call(this, expected, ...rest);
    };
  for (const name of ["equal", "equals", "eq"]) Assertion.overwriteMethod(name, judge);
});
