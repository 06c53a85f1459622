import { expect } from "chai";

import { CountedFraction } from "../../../src/crypto/countedFraction";
import { lwe } from "../../../src/crypto/lwe";
import { LWE_2048 } from "../../../src/crypto/lwe/profile";
import { ntru } from "../../../src/crypto/ntru";
import { umbral } from "../../../src/crypto/umbral";
import { NkmsError } from "../../../src/errors";
import { flipBit, makeScope } from "../../support/crypto";
import { rejection } from "../../support/errors";
import { seededRandom } from "../../support/seededRandom";

describe("counted fractions", () => {
  const engine = lwe();
  const random = seededRandom("counted fractions");
  const scope = makeScope(engine, random);
  const [{ kfrag, commitment }] = scope.split(1, 1);
  const { capsule } = scope;
  const make = (options: Partial<ConstructorParameters<typeof CountedFraction>[0]> = {}) => {
    const written: number[] = [];
    const record = async (answered: number) => void written.push(answered);
    return { written, fraction: new CountedFraction({ engine, kfrag, record, ...options }) };
  };
  const refuse = async (call: Promise<unknown>, data: Record<string, unknown>) => {
    const error = await rejection(call);
    expect({ code: error.code, data: error.data }).to.deep.equal({ code: "E_EXHAUSTED", data });
  };

  it("answer as the engine does, up to its bound and across restarts", async () => {
    const { fraction, written } = make({ answered: 254 });
    const cfrag = await fraction.reencrypt(capsule, random);
    const answer = engine.verify(cfrag, { capsule, commitment, ...scope.keys });
    expect(engine.combine(scope.recipient.secretKey, scope.owner.publicKey, capsule, [answer])).to.deep.equal(
      scope.key,
    );
    const again = make({ answered: written.at(-1) });
    await again.fraction.reencrypt(capsule, random);
    expect([...written, ...again.written]).to.deep.equal([255, 256]);
    await refuse(again.fraction.reencrypt(capsule, random), { got: 256, expected: 256 });
    expect(again.written).to.deep.equal([256]);
  });

  it("give no more than the part they were made for, also to many at once", async () => {
    const { fraction, written } = make({ most: 3 });
    const outcomes = await Promise.allSettled(Array.from({ length: 5 }, () => fraction.reencrypt(capsule, random)));
    expect(outcomes.map(({ status }) => status)).to.deep.equal([
      ...["fulfilled", "fulfilled", "fulfilled"],
      ...["rejected", "rejected"],
    ]);
    expect(written).to.deep.equal([1, 2, 3]);
    await refuse(make({ most: 1000, answered: 256 }).fraction.reencrypt(capsule, random), { got: 256, expected: 256 });
  });

  it("give no answer that is not on record, and count no capsule that is refused", async () => {
    const { fraction } = make({ record: () => Promise.reject(new NkmsError("E_DISK_FULL", "disk full")) });
    expect((await rejection(fraction.reencrypt(capsule, random))).code).to.equal("E_DISK_FULL");
    expect(fraction.answered).to.equal(0);
    const { fraction: other, written } = make();
    expect((await rejection(other.reencrypt(capsule.slice(1), random))).code).to.equal("E_BAD_ENCODING");
    expect(written).to.deep.equal([]);
    await other.reencrypt(flipBit(capsule, 0), random);
    expect(written).to.deep.equal([1]);
  });

  it("have the bound of their engine", async () => {
    const none = ntru();
    const its = makeScope(none, random);
    const { fraction } = make({ engine: none, kfrag: its.split(1, 1)[0].kfrag });
    await refuse(fraction.reencrypt(its.capsule, random), { got: 0, expected: 0 });
    expect(LWE_2048.maxAnswers).to.equal(2 ** 20);
    const curve = umbral();
    const unbounded = makeScope(curve, random);
    const free = make({ engine: curve, kfrag: unbounded.split(1, 1)[0].kfrag, answered: 2 ** 40 });
    await free.fraction.reencrypt(unbounded.capsule, random);
    expect(free.written).to.deep.equal([2 ** 40 + 1]);
  });
});
