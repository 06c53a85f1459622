import { expect } from "chai";

import { lwe, LWE_1024, LWE_2048, ntru, NTRU_1087, NTRU_1499 } from "../../../../src/crypto";
import { expectRefusal } from "../../../support/crypto";

describe("parameter sets of lattices", () => {
  for (const [engine, sets] of [
    [lwe, [LWE_1024, LWE_2048]],
    [ntru, [NTRU_1087, NTRU_1499]],
  ] as [(set: unknown) => ReturnType<typeof lwe>, { readonly name: string; readonly maxHops: number }[]][]) {
    const expected = sets.map(({ name }) => name);

    it(`of ${engine.name} are ${expected.join(" and ")} and no copy of them, changed or not`, () => {
      for (const set of sets) {
        expect(engine(set).properties.name).to.equal(set.name);
        for (const other of [{ ...set, maxHops: 200 }, { ...set, maxAnswers: 2 ** 30 }, { ...set }]) {
          expectRefusal(() => engine(other), "E_BAD_PARAMETERS", { expected });
        }
      }
      const foreign = engine === ntru ? LWE_1024 : NTRU_1087;
      for (const none of [foreign, null, {}, sets[0].name]) {
        expectRefusal(() => engine(none), "E_BAD_PARAMETERS", { expected });
      }
    });

    it(`of ${engine.name} cannot be changed in place`, () => {
      for (const set of sets) expect(() => Object.assign(set, { maxHops: 200 })).to.throw(TypeError);
    });
  }

  it("have primes that cannot be changed in place", () => {
    for (const { primes } of [LWE_1024, LWE_2048]) {
      expect(() => (primes as number[]).push(65_537)).to.throw(TypeError);
    }
  });
});
