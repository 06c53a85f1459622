import { expect } from "chai";

import { concat } from "../../../src/bytes";
import { CountedReader } from "../../../src/crypto/countedReader";
import { makeCapsule, type LatticeScheme } from "../../../src/crypto/lattice/capsule";
import { bindingOf } from "../../../src/crypto/lattice/fraction";
import { EncodedLwe, lwe } from "../../../src/crypto/lwe";
import { LWE_1024, MESSAGE_BITS } from "../../../src/crypto/lwe/profile";
import { Ring } from "../../../src/crypto/lwe/ring";
import { LweScheme } from "../../../src/crypto/lwe/scheme";
import type { NkmsError } from "../../../src/errors";
import { expectRefusal, makeScope } from "../../support/crypto";
import { rejection } from "../../support/errors";
import { seededRandom } from "../../support/seededRandom";

describe("counted readers", () => {
  const engine = lwe();
  const random = seededRandom("counted readers");
  const { owner, recipient, capsule: honest, key, keys, split, answer: answerOf } = makeScope(engine, random);
  const fraction = split(1, 1)[0];
  const { commitment } = fraction;
  const answer = answerOf(fraction);
  const ring = new Ring(LWE_1024.degree, LWE_1024.primes);
  const secret = ring.toIntegers(ring.interpolate(new LweScheme(ring, LWE_1024).secret(recipient.secretKey)));

  /** The node makes a capsule of its own, whose message it knows, and answers what fails if coefficient `at` is `sign`. */
  const scheme: LatticeScheme = new EncodedLwe(LWE_1024);
  const message = random(MESSAGE_BITS / 8);
  const { capsule } = makeCapsule(scheme, owner.publicKey, message);
  const lie = (at: number, sign: number) => {
    const { modulus } = ring;
    const half = (modulus - 1) / 2;
    const values = Float64Array.from(
      { length: MESSAGE_BITS },
      (_, bit) => half * ((message[bit >> 3] >> (bit & 7)) & 1),
    );
    values[at] += sign * Math.floor(modulus / 4 - modulus / 16);
    const c2 = ring.fromIntegers(values).map((residues) => residues.subarray(0, MESSAGE_BITS));
    const c1 = ring.fromIntegers([Math.floor(modulus / 8)]);
    const turn = concat(Uint8Array.of(1), ring.encode(c1), ring.encode(c2));
    const binding = bindingOf("nkms/v1/lwe-1024/answer", commitment.digest, capsule, turn);
    return engine.verify(concat(turn, binding), { capsule, commitment, ...keys });
  };
  /** What the node concludes of one coefficient from what it sees. */
  const learn = async (opens: (sign: number) => Promise<boolean>) => {
    for (const sign of [1, -1]) if (!(await opens(sign))) return sign;
    return 0;
  };
  const makeReader = (failed = 0, most?: number) => {
    const written: number[] = [];
    const record = (from: number, to: number) => {
      written.push(to);
      return Promise.resolve(from + 1 === to);
    };
    return { written, reader: new CountedReader({ engine, secretKey: recipient.secretKey, failed, most, record }) };
  };

  it("are needed: a node that sees what opens has the reader's secret, coefficient by coefficient", async () => {
    for (let at = 0; at < 12; at++) {
      const learnt = await learn(async (sign) => {
        try {
          engine.combine(recipient.secretKey, owner.publicKey, capsule, [lie(at, sign)]);
          return true;
        } catch (error) {
          const { code, data } = error as NkmsError;
          expect({ code, data }).to.deep.equal({ code: "E_TAMPERED", data: { field: "answers" } });
          return false;
        }
      });
      expect(learnt).to.equal(secret[at] + 0);
    }
  });

  it("end the attack after four failures, also across restarts", async () => {
    const { reader, written } = makeReader();
    const seen: string[] = [];
    for (let at = 0; at < 40; at++) {
      await learn(async (sign) => {
        const code = await reader.combine(owner.publicKey, capsule, [lie(at, sign)]).then(
          () => "opens",
          (error: NkmsError) => error.code,
        );
        seen.push(code);
        return code === "opens";
      });
      if (seen.at(-1) === "E_EXHAUSTED") break;
    }
    expect(seen.filter((code) => code === "E_TAMPERED").length).to.equal(4);
    expect(seen.at(-1)).to.equal("E_EXHAUSTED");
    expect(written).to.deep.equal([1, 2, 3, 4]);
    const again = makeReader(4).reader;
    const { code, data } = await rejection(again.combine(owner.publicKey, honest, [answer]));
    expect({ code, data }).to.deep.equal({ code: "E_EXHAUSTED", data: { got: 4, expected: 4 } });
    expect((await rejection(again.decapsulateTurned(owner.publicKey, honest))).code).to.equal("E_EXHAUSTED");
  });

  it("open what is right, and count what is not", async () => {
    const { reader, written } = makeReader(0, 1);
    expect(await reader.combine(owner.publicKey, honest, [answer])).to.deep.equal(key);
    const turned = engine.hop(fraction.kfrag, honest);
    expect(await reader.decapsulateTurned(owner.publicKey, turned)).to.deep.equal(key);
    expect((await rejection(reader.combine(owner.publicKey, honest, []))).code).to.equal("E_NOT_ENOUGH_SHARES");
    expect([reader.failed, ...written]).to.deep.equal([0]);
    expect((await rejection(reader.decapsulateTurned(owner.publicKey, honest))).code).to.equal("E_TAMPERED");
    expect([reader.failed, ...written]).to.deep.equal([1, 1]);
  });

  it("take no number that is none", () => {
    const refuse = (call: () => unknown, field: string) =>
      expectRefusal(call, "E_BAD_ENCODING", { field, got: "NaN", expected: "0 or more" });
    refuse(() => makeReader(NaN), "failed");
    refuse(() => makeReader(0, NaN), "most");
  });
});
