import { secp256k1 } from "@noble/curves/secp256k1.js";
import { expect } from "chai";

import { attacksOn } from "../../../scripts/engines/attacks";
import { namesItsKeys } from "../../../scripts/engines/naming";
import { pointRelations } from "../../../scripts/engines/relations";
import { Scene } from "../../../scripts/engines/scene";
import { concat } from "../../../src/bytes";
import { ecies } from "../../../src/crypto/ecies";
import type { Engine, RekeyRequest } from "../../../src/crypto/engine";
import { lwe } from "../../../src/crypto/lwe";
import { seededRandom } from "../../support/seededRandom";

/** What is written into a fraction, where. */
type Plant = (request: RekeyRequest, engine: Engine) => { at: number; bytes: Uint8Array };

const ELEMENT = 3328;
const FIRST_ELEMENT = 96;
const BOX = 67;

const { Point } = secp256k1;

/** An engine whose rekeyings say more than they should. */
function planting(engine: Engine, plant: Plant): Engine {
  const honest = engine.rekey.bind(engine);
  engine.rekey = (request, random) =>
    honest(request, random).map(({ kfrag, commitment }) => {
      const { at, bytes } = plant(request, engine);
      return { kfrag: concat(kfrag.slice(0, at), bytes, kfrag.slice(at + bytes.length)), commitment };
    });
  return engine;
}

describe("what a key tells a node", () => {
  const random = seededRandom("naming");
  const names = (engine: Engine) => {
    const scene = new Scene(engine, random, false);
    return namesItsKeys(scene, attacksOn(engine.properties.name, scene.signer.publicKey));
  };
  const owner = ({ ownerSecretKey }: RekeyRequest, engine: Engine) => engine.publicKeyOf(ownerSecretKey);

  const ofEcies: Record<string, Plant> = {
    "8 bytes of the recipient's key": ({ recipientPublicKey }) => ({
      at: BOX + 98,
      bytes: recipientPublicKey.slice(9, 17),
    }),
    "8 bytes of the owner's key": (request, engine) => ({ at: BOX + 98, bytes: owner(request, engine).slice(9, 17) }),
    "the owner's key as F_0": (request, engine) => ({ at: 34, bytes: owner(request, engine) }),
    "a multiple of the recipient's key by the box's scalar": ({ recipientPublicKey }) => {
      const scalar = random(32);
      const product = Point.fromBytes(recipientPublicKey).multiply(BigInt(`0x${Buffer.from(scalar).toString("hex")}`));
      return { at: BOX + 33, bytes: concat(product.toBytes(true), scalar) };
    },
    "the sum of the recipient's key and G": ({ recipientPublicKey }) => ({
      at: BOX,
      bytes: Point.fromBytes(recipientPublicKey).add(Point.BASE).toBytes(true),
    }),
  };
  for (const [what, plant] of Object.entries(ofEcies)) {
    it(`of ecies is whose keys it links, if it has ${what}`, () => {
      expect(names(planting(ecies(), plant))).to.equal(true);
    });
  }

  const ofLwe: Record<string, Plant> = {
    "the recipient's key": ({ recipientPublicKey }) => ({ at: FIRST_ELEMENT + ELEMENT, bytes: recipientPublicKey }),
    "the owner's key": (request, engine) => ({ at: FIRST_ELEMENT, bytes: owner(request, engine) }),
  };
  for (const [what, plant] of Object.entries(ofLwe)) {
    it(`of lwe-1024 is whose keys it links, if it has ${what}`, () => {
      expect(names(planting(lwe(), plant))).to.equal(true);
    });
  }

  it("is nothing of what all keys share", () => {
    const constant = random(24);
    expect(names(planting(ecies(), () => ({ at: BOX + 98, bytes: constant })))).to.equal(false);
  });

  it("is found among points by 2*P = Q, P + Q = R and P - P = 0, whatever the signs", () => {
    const [p, q] = [3n, 6n].map((scalar) => Point.BASE.multiply(scalar));
    expect(pointRelations([p, q.negate()], [2n])).to.include("3 is 2");
    expect(pointRelations([p, p.negate()], [])).to.deep.equal(["2 is 1", "3 is 0"]);
    expect(pointRelations([p, q, Point.BASE.multiply(9n)], []).filter((one) => one.endsWith("is 3"))).to.have.length(1);
  });
});
