import { expect } from "chai";

import { restoreArguments } from "../../../scripts/vectors/invalid/bulk";
import { argumentsOf, changed, type InvalidTest } from "../../../scripts/vectors/invalid/kit";
import { latticeArguments } from "../../../scripts/vectors/invalid/lattice";
import { makeInvalidVectors } from "../../../scripts/vectors/invalid/write";
import { latticeEngines } from "../../../scripts/vectors/lattices";
import { fromHex } from "../../../src/bytes";
import { afgh } from "../../../src/crypto/afgh";
import { bbs98 } from "../../../src/crypto/bbs98";
import { restoreRotated } from "../../../src/crypto/bulk/rotation";
import { ecies } from "../../../src/crypto/ecies";
import type { Engine, FractionKeys, LatticeEngine, LevelledEngine } from "../../../src/crypto/engine";
import { umbral } from "../../../src/crypto/umbral";
import { backends, pairings } from "../../support/crypto";
import { rejection, thrown } from "../../support/errors";
import { seededRandom } from "../../support/seededRandom";
import { gather } from "../../support/streams";
import afghValid from "../../vectors/afgh.json";
import transformValid from "../../vectors/all-or-nothing.json";
import bbs98Valid from "../../vectors/bbs98.json";
import eciesValid from "../../vectors/ecies.json";
import afghFile from "../../vectors/invalid/afgh.json";
import transformFile from "../../vectors/invalid/all-or-nothing.json";
import bbs98File from "../../vectors/invalid/bbs98.json";
import eciesFile from "../../vectors/invalid/ecies.json";
import lwe1024File from "../../vectors/invalid/lwe-1024.json";
import lwe2048File from "../../vectors/invalid/lwe-2048.json";
import ntru1087File from "../../vectors/invalid/ntru-1087.json";
import ntru1499File from "../../vectors/invalid/ntru-1499.json";
import umbralFile from "../../vectors/invalid/umbral.json";
import umbralValid from "../../vectors/umbral.json";

type Arguments = Record<string, Uint8Array>;

const random = seededRandom("invalid vectors");

/** The operations of the files, by the arguments they have there. */
const OPERATIONS: Record<string, (engine: Engine, given: Arguments) => unknown> = {
  publicKeyOf: (engine, { secretKey }) => engine.publicKeyOf(secretKey),
  encapsulate: (engine, { publicKey }) => engine.encapsulate(publicKey, random),
  verifyCapsule: (engine, { capsule }) => engine.verifyCapsule(capsule),
  decapsulate: (engine, { secretKey, capsule }) => engine.decapsulate(secretKey, capsule),
  verifyFraction: (engine, { kfrag, ...keys }) => engine.verifyFraction(kfrag, keys as unknown as FractionKeys),
  verify: (engine, given) => {
    const { capsule, cfrag, ownerPublicKey, recipientPublicKey, signerPublicKey } = given;
    const commitment = { digest: given["commitment.digest"], point: given["commitment.point"] };
    return engine.verify(cfrag, { capsule, commitment, ownerPublicKey, recipientPublicKey, signerPublicKey });
  },
  read: (engine, given) => {
    const { recipientSecretKey, capsule, ownerPublicKey, recipientPublicKey, signerPublicKey } = given;
    const answers = ["", "second."].map((prefix) => {
      const [digest, point] = ["digest", "point"].map((part) => given[`${prefix}commitment.${part}`]);
      const keys = { ownerPublicKey, recipientPublicKey, signerPublicKey };
      return engine.verify(given[`${prefix}cfrag`], { capsule, commitment: { digest, point }, ...keys });
    });
    return engine.combine(recipientSecretKey, ownerPublicKey, capsule, answers);
  },
  decapsulateTurned: (engine, { recipientSecretKey, ownerPublicKey, turned }) =>
    (engine as LatticeEngine).decapsulateTurned(recipientSecretKey, ownerPublicKey, turned),
  decapsulateFirstLevel: (engine, { secretKey, capsule }) =>
    (engine as LevelledEngine).decapsulateFirstLevel(secretKey, capsule),
};

interface File {
  readonly tests: readonly (InvalidTest & { readonly id: number })[];
}

/** The valid call of every operation passes, and every changed one is refused as its test says. */
function expectRefusals(engine: Engine, { tests }: File, validFor: (operation: string) => Arguments): void {
  for (const operation of new Set(tests.map((test) => test.operation))) {
    OPERATIONS[operation](engine, validFor(operation));
  }
  for (const { id, operation, comment, changes, code, field } of tests) {
    const given = changed(validFor(operation), changes);
    const about = `test ${id}, ${operation}: ${comment}`;
    const error = thrown(() => OPERATIONS[operation](engine, given), about);
    expect({ code: error.code, field: error.data.field }, about).to.deep.equal({ code, field });
  }
}

describe("invalid vectors", () => {
  it("are those of their rules", async () => {
    expect(await makeInvalidVectors()).to.deep.equal({
      "all-or-nothing": transformFile,
      ...{ umbral: umbralFile, ecies: eciesFile, bbs98: bbs98File, afgh: afghFile },
      ...{ "lwe-1024": lwe1024File, "lwe-2048": lwe2048File, "ntru-1087": ntru1087File, "ntru-1499": ntru1499File },
    });
  });

  for (const backend of backends) {
    const engines = [
      [umbral(backend), umbralFile, umbralValid],
      [ecies(backend), eciesFile, eciesValid],
      [bbs98(backend), bbs98File, bbs98Valid],
    ] as const;
    for (const [engine, file, { vectors }] of engines) {
      it(`are refused by ${engine.properties.name} on ${backend.name}, ${file.tests.length} of them`, () => {
        const valid = argumentsOf(vectors[1]);
        expectRefusals(engine, file, () => valid);
      });
    }
  }

  it(`are refused by afgh on every pairing back-end, ${afghFile.tests.length} of them`, async () => {
    const valid = argumentsOf(afghValid.vectors[1]);
    const { holder, capsule } = afghValid.firstLevel;
    const firstLevel = { secretKey: fromHex(holder.secretKey), capsule: fromHex(capsule) };
    for (const groups of await pairings()) {
      expectRefusals(afgh(groups), afghFile, (operation) =>
        operation === "decapsulateFirstLevel" ? firstLevel : valid,
      );
    }
  });

  it(`are refused by the all-or-nothing transform, ${transformFile.tests.length} of them`, async () => {
    const valid = restoreArguments(transformValid.vectors[1]);
    const restored = ({ header, key, stored }: Arguments) => gather(restoreRotated(header, key, () => [stored]));
    expect(await restored(valid)).to.have.length(transformValid.vectors[1].length);
    for (const { id, comment, changes, ...refusal } of (transformFile as File).tests) {
      const error = await rejection(restored(changed(valid, changes)));
      const about = `test ${id}: ${comment}`;
      expect({ code: error.code, field: error.data.field }, about).to.deep.equal({
        code: refusal.code,
        field: refusal.field,
      });
    }
  });

  const latticeFiles = [lwe1024File, lwe2048File, ntru1087File, ntru1499File];
  latticeEngines().forEach((engine, index) => {
    const file = latticeFiles[index];
    it(`are refused by ${engine.properties.name}, ${file.tests.length} of them`, () => {
      const valid = latticeArguments(engine);
      expectRefusals(engine, file, () => valid);
    });
  });
});
