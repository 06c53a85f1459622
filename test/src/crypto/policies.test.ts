import { expect } from "chai";
import fc from "fast-check";

import { afgh } from "../../../src/crypto/afgh";
import { bbs98 } from "../../../src/crypto/bbs98";
import { ecies } from "../../../src/crypto/ecies";
import type { Engine, KeyPair, RandomSource, VerifiedAnswer } from "../../../src/crypto/engine";
import { umbral } from "../../../src/crypto/umbral";
import { pairings } from "../../support/crypto";
import { thrown } from "../../support/errors";
import { seededRandom } from "../../support/seededRandom";

const DEEP = process.env.NKMS_DEEP !== undefined;
/** The seed of the properties; a failure names it with the path to its example. */
const SEED = Number(process.env.NKMS_SEED ?? Date.now() % 2 ** 31);
const MOST_SHARES = 8;

interface Split {
  readonly threshold: number;
  readonly shares: number;
}

/** What differs between two policies; with "nothing" they are two rekeyings of the same parties. */
const DIFFERENCES = ["nothing", "recipient", "owner", "capsule"] as const;
type Difference = (typeof DIFFERENCES)[number];

const OTHER_KEY = ["E_WRONG_KEY", "E_MIXED_SHARES"];

/** Engines look at keys, capsules, dealings and indices in orders of their own. */
const REFUSALS: Record<Difference, readonly string[]> = {
  nothing: ["E_MIXED_SHARES", "E_DUPLICATE_SHARE"],
  recipient: OTHER_KEY,
  owner: OTHER_KEY,
  capsule: ["E_MIXED_SHARES"],
};

/** Two owners, two recipients and a capsule of each owner, and one capsule more of the first. */
function makeWorld(engine: Engine, random: RandomSource) {
  const [owner, otherOwner, recipient, otherRecipient] = Array.from({ length: 4 }, () => engine.keygen(random));
  const signer = umbral().keygen(random);
  const sealed = engine.encapsulate(owner.publicKey, random);
  const capsules = {
    second: engine.encapsulate(owner.publicKey, random).capsule,
    others: engine.encapsulate(otherOwner.publicKey, random).capsule,
  };

  /** Verified answers of all nodes of a new policy, which differs from the first in one thing. */
  function answersOf({ threshold, shares }: Split, difference: Difference) {
    const from = difference === "owner" ? otherOwner : owner;
    const to = difference === "recipient" ? otherRecipient : recipient;
    const capsule = { owner: capsules.others, capsule: capsules.second }[difference as string] ?? sealed.capsule;
    const keys = {
      ownerPublicKey: from.publicKey,
      recipientPublicKey: to.publicKey,
      signerPublicKey: signer.publicKey,
    };
    const request = {
      ownerSecretKey: from.secretKey,
      recipientPublicKey: to.publicKey,
      recipientSecretKey: to.secretKey,
      signerSecretKey: signer.secretKey,
      threshold,
      shares,
    };
    return engine
      .rekey(request, random)
      .map(({ kfrag, commitment }) =>
        engine.verify(engine.reencrypt(kfrag, capsule, random), { capsule, commitment, ...keys }),
      );
  }
  type Answers = ReturnType<typeof answersOf>;
  const combine = (answers: Answers, as: KeyPair = recipient, of: KeyPair = owner) =>
    engine.combine(as.secretKey, of.publicKey, sealed.capsule, answers);
  return { owner, otherOwner, recipient, otherRecipient, key: sealed.key, answersOf, combine };
}

const split = fc
  .integer({ min: 1, max: MOST_SHARES })
  .chain((shares) => fc.record({ shares: fc.constant(shares), threshold: fc.integer({ min: 1, max: shares }) }));

/** The items in the order of their weights. */
const shuffled = <T>(items: readonly T[], weights: readonly number[]): T[] =>
  items
    .map((item, index) => ({ item, weight: weights[index] }))
    .sort((a, b) => a.weight - b.weight)
    .map(({ item }) => item);

const weights = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 16, maxLength: 16 });

interface Case {
  readonly name: string;
  readonly load: () => Engine | Promise<Engine>;
  readonly runs: number;
  /** Where a dealing with m = 1 has no random part, so that all of a pair are the same: at which byte of an answer its share's index stands. */
  readonly repeatsWithIndexAt?: number;
}

const ENGINES: readonly Case[] = [
  { name: "umbral", load: () => umbral(), runs: DEEP ? 400 : 15 },
  { name: "ecies", load: () => ecies(), runs: DEEP ? 400 : 15 },
  { name: "bbs98", load: () => bbs98(), runs: DEEP ? 400 : 15, repeatsWithIndexAt: 164 },
  { name: "afgh", load: async () => afgh((await pairings()).at(-1)), runs: DEEP ? 60 : 3 },
];

/** Whether the byte at this place is another one in every answer. */
const differAt = (place: number, answers: readonly VerifiedAnswer[]) =>
  new Set(answers.map(({ cfrag }) => cfrag[place])).size === answers.length;

for (const { name, load, runs: numRuns, repeatsWithIndexAt } of ENGINES) {
  describe(`policies of ${name}, ${numRuns} runs, seed ${SEED}`, function () {
    this.timeout(300_000);
    let engine: Engine;

    before(async () => {
      engine = await load();
    });

    it("open with any m answers in any order and not with m-1, and for nobody else", () => {
      const property = fc.property(fc.string(), split, weights, (seed, { threshold, shares }, order) => {
        const world = makeWorld(engine, seededRandom(seed));
        const { owner, otherOwner, recipient, otherRecipient, key, combine } = world;
        const answers = shuffled(world.answersOf({ threshold, shares }, "nothing"), order);
        const enough = answers.slice(0, threshold);
        expect(combine(enough)).to.deep.equal(key);
        const { code, data } = thrown(() => combine(enough.slice(1)));
        expect([code, data.got]).to.deep.equal(["E_NOT_ENOUGH_SHARES", threshold - 1]);
        const refuse = (as: KeyPair, giver: KeyPair, field: string) => {
          const refusal = thrown(() => combine(enough, as, giver));
          expect([refusal.code, refusal.data]).to.deep.equal(["E_WRONG_KEY", { index: 0, field }]);
        };
        for (const as of [otherRecipient, owner]) refuse(as, owner, "recipientSecretKey");
        for (const giver of [otherOwner, recipient]) refuse(recipient, giver, "ownerPublicKey");
      });
      fc.assert(property, { numRuns, seed: SEED });
    });

    it("never combine, however many answers there are of each", () => {
      const difference = fc.constantFrom(...DIFFERENCES);
      const mix = fc.record({ seed: fc.string(), first: split, second: split, difference, order: weights });
      const property = fc.property(mix, ({ seed, first, second, difference: what, order }) => {
        const world = makeWorld(engine, seededRandom(seed));
        const [ours, theirs] = [world.answersOf(first, "nothing"), world.answersOf(second, what)];
        const areSingle = what === "nothing" && first.threshold === 1 && second.threshold === 1;
        const isOneDealing = (answers: readonly VerifiedAnswer[]) =>
          areSingle && repeatsWithIndexAt !== undefined && differAt(repeatsWithIndexAt, answers);
        for (const answers of [shuffled([...ours, ...theirs], order), ...theirs.map((own) => [own, ...ours])]) {
          if (isOneDealing(answers)) expect(world.combine(answers)).to.deep.equal(world.key);
          else expect(thrown(() => world.combine(answers)).code).to.be.oneOf(REFUSALS[what]);
        }
      });
      fc.assert(property, { numRuns, seed: SEED });
    });
  });
}
