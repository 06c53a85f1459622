import { expect } from "chai";

import { CountedFraction, type CountedFractionOptions } from "../../../src/crypto/countedFraction";
import type { LatticeEngine } from "../../../src/crypto/engine";
import { signCapsule } from "../../../src/crypto/lattice/signedCapsule";
import { lwe } from "../../../src/crypto/lwe";
import { LWE_2048 } from "../../../src/crypto/lwe/profile";
import { ntru } from "../../../src/crypto/ntru";
import { umbral } from "../../../src/crypto/umbral";
import { NkmsError } from "../../../src/errors";
import { expectRefusal, flipBit, makeScope } from "../../support/crypto";
import { rejection } from "../../support/errors";
import { seededRandom } from "../../support/seededRandom";

describe("counted fractions", () => {
  const engine = lwe();
  const random = seededRandom("counted fractions");
  const scope = makeScope(engine, random);
  const [{ kfrag, commitment }] = scope.split(1, 1);
  const { capsule } = scope;
  const producer = umbral().keygen(random);
  const signed = (of: Uint8Array, by: LatticeEngine = engine, holder = scope.owner.publicKey) =>
    signCapsule(by, of, holder, producer.secretKey, random);
  const signature = signed(capsule);
  const whole = { engine, kfrag, holderPublicKey: scope.owner.publicKey, producers: [producer.publicKey] };
  /** Where a number is kept, as a node would on disk. */
  const makeRecord = (kept = 0) => {
    const written: number[] = [];
    const record = async (from: number, to: number) => {
      const same = kept === from;
      if (same) written.push((kept = to));
      return same;
    };
    return { written, record };
  };
  const make = ({ answered = 0, ...options }: Partial<CountedFractionOptions> = {}) => {
    const { written, record } = makeRecord(answered);
    return { written, fraction: new CountedFraction({ ...whole, answered, record, ...options }) };
  };
  const refuse = async (call: Promise<unknown>, data: Record<string, unknown>) => {
    const error = await rejection(call);
    expect({ code: error.code, data: error.data }).to.deep.equal({ code: "E_EXHAUSTED", data });
  };

  it("answer as the engine does, up to its bound and across restarts", async () => {
    const { fraction, written } = make({ answered: 254 });
    const cfrag = await fraction.reencrypt(capsule, signature, random);
    const answer = engine.verify(cfrag, { capsule, commitment, ...scope.keys });
    expect(engine.combine(scope.recipient.secretKey, scope.owner.publicKey, capsule, [answer])).to.deep.equal(
      scope.key,
    );
    const again = make({ answered: written.at(-1) });
    await again.fraction.reencrypt(capsule, signature, random);
    expect([...written, ...again.written]).to.deep.equal([255, 256]);
    await refuse(again.fraction.reencrypt(capsule, signature, random), { got: 256, expected: 256 });
    expect(again.written).to.deep.equal([256]);
  });

  it("give no more than the part they were made for, also to many at once", async () => {
    const { fraction, written } = make({ most: 3 });
    const outcomes = await Promise.allSettled(
      Array.from({ length: 5 }, () => fraction.reencrypt(capsule, signature, random)),
    );
    expect(outcomes.map(({ status }) => status)).to.deep.equal([
      ...["fulfilled", "fulfilled", "fulfilled"],
      ...["rejected", "rejected"],
    ]);
    expect(written).to.deep.equal([1, 2, 3]);
    await refuse(make({ most: 1000, answered: 256 }).fraction.reencrypt(capsule, signature, random), {
      got: 256,
      expected: 256,
    });
  });

  it("give no answer that is not on record, and count no capsule that is refused", async () => {
    const { fraction } = make({ record: () => Promise.reject(new NkmsError("E_DISK_FULL", "disk full")) });
    expect((await rejection(fraction.reencrypt(capsule, signature, random))).code).to.equal("E_DISK_FULL");
    expect(fraction.answered).to.equal(0);
    const { fraction: other, written } = make();
    expect((await rejection(other.reencrypt(capsule.slice(1), signature, random))).code).to.equal("E_BAD_ENCODING");
    expect(written).to.deep.equal([]);
    const changed = flipBit(capsule, 0);
    await other.reencrypt(changed, signed(changed), random);
    expect(written).to.deep.equal([1]);
  });

  it("count no capsule that was turned as often as it may be", async () => {
    const self = { ...scope.keys, ownerSecretKey: scope.owner.secretKey, recipientPublicKey: scope.owner.publicKey };
    const [loop] = engine.rekey({ ...self, signerSecretKey: producer.secretKey, threshold: 1, shares: 1 }, random);
    const { maxHops } = engine.properties;
    const last = Array.from({ length: maxHops }).reduce<Uint8Array>((one) => engine.hop(loop.kfrag, one), capsule);
    const { fraction, written } = make();
    for (const call of [fraction.reencrypt(last, signed(last), random), fraction.hop(last, signed(last))]) {
      const { code, data } = await rejection(call);
      expect({ code, data }).to.deep.equal({ code: "E_TOO_MANY_HOPS", data: { got: maxHops, expected: maxHops - 1 } });
    }
    expect([fraction.answered, written]).to.deep.equal([0, []]);
  });

  it("count nothing where the kfrag is none", async () => {
    const outOfRange = Uint8Array.from(kfrag).fill(255, 96);
    for (const bad of [kfrag.slice(1), outOfRange]) {
      const { fraction, written } = make({ kfrag: bad });
      for (const call of [fraction.reencrypt(capsule, signature, random), fraction.hop(capsule, signature)]) {
        const { code, data } = await rejection(call);
        expect([code, data.field]).to.deep.equal(["E_BAD_ENCODING", "kfrag"]);
      }
      expect([fraction.answered, written]).to.deep.equal([0, []]);
    }
  });

  it("turn nothing once exhausted, and forget a turn that cannot be counted", async () => {
    const turns: Uint8Array[] = [];
    const watched = {
      properties: engine.properties,
      verifyCapsule: (of: Uint8Array) => engine.verifyCapsule(of),
      reencrypt: (...given: Parameters<LatticeEngine["reencrypt"]>) => {
        turns.push(engine.reencrypt(...given));
        return turns[turns.length - 1];
      },
    } as LatticeEngine;
    const { fraction: full } = make({ engine: watched, most: 0 });
    await refuse(full.reencrypt(capsule, signature, random), { got: 0, expected: 0 });
    expect(turns).to.deep.equal([]);
    const { fraction: stale } = make({ engine: watched, record: () => Promise.resolve(false) });
    expect((await rejection(stale.reencrypt(capsule, signature, random))).code).to.equal("E_STALE_COUNT");
    expect(turns).to.deep.equal([new Uint8Array(turns[0].length)]);
  });

  it("have the bound of their engine", async () => {
    const none = ntru();
    const its = makeScope(none, random);
    const { fraction } = make({ engine: none, kfrag: its.split(1, 1)[0].kfrag, holderPublicKey: its.owner.publicKey });
    await refuse(fraction.reencrypt(its.capsule, signed(its.capsule, none, its.owner.publicKey), random), {
      got: 0,
      expected: 0,
    });
    const wide = lwe(LWE_2048);
    const strong = makeScope(wide, random);
    const { fraction: last } = make({ engine: wide, answered: 2 ** 20, holderPublicKey: strong.owner.publicKey });
    const its2048 = signed(strong.capsule, wide, strong.owner.publicKey);
    await refuse(last.reencrypt(strong.capsule, its2048, random), { got: 2 ** 20, expected: 2 ** 20 });
  });

  it("turn for the next holder under the same count", async () => {
    const { fraction, written } = make({ most: 2 });
    expect(await fraction.hop(capsule, signature)).to.deep.equal(engine.hop(kfrag, capsule));
    await fraction.reencrypt(capsule, signature, random);
    expect(written).to.deep.equal([1, 2]);
    await refuse(fraction.hop(capsule, signature), { got: 2, expected: 2 });
  });

  it("take no number that is none", () => {
    const numbers = [NaN, -1, -Infinity, Infinity, 0.5, 2 ** 53, "3", null, undefined] as number[];
    const refused = (field: string, value: number) => {
      const data = { field, got: String(value), expected: "0 or more" };
      expectRefusal(() => make({ [field]: value }), "E_BAD_ENCODING", data);
    };
    for (const value of numbers) {
      const given = { ...whole, record: makeRecord().record, answered: value };
      const data = { field: "answered", got: String(value), expected: "0 or more" };
      expectRefusal(() => new CountedFraction(given), "E_BAD_ENCODING", data);
      if (value !== undefined) refused("most", value);
    }
  });

  it("of two instances on one record give no more than one would", async () => {
    const { written, record } = makeRecord();
    const [first, second] = [0, 1].map(() => new CountedFraction({ ...whole, answered: 0, record }));
    await first.reencrypt(capsule, signature, random);
    const { code, data } = await rejection(second.reencrypt(capsule, signature, random));
    expect({ code, data }).to.deep.equal({ code: "E_STALE_COUNT", data: { got: 0 } });
    expect([first.answered, second.answered]).to.deep.equal([1, 0]);
    expect(written).to.deep.equal([1]);
  });

  it("give no answer where the record does not say that it took the number", async () => {
    for (const said of [undefined, 1, "yes"] as unknown as boolean[]) {
      const { fraction } = make({ record: () => Promise.resolve(said) });
      expect((await rejection(fraction.reencrypt(capsule, signature, random))).code).to.equal("E_STALE_COUNT");
    }
  });
});
