import { bls12_381 } from "@noble/curves/bls12-381.js";
import { loadFixture } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { ethers } from "hardhat";

import { afghForgeries } from "../../../scripts/engines/forgeries";
import { toHex } from "../../../src/bytes";
import { afgh } from "../../../src/crypto/afgh";
import { toBigInt } from "../../../src/crypto/scalar";
import type { AfghProof__Harness } from "../../../typechain-types";
import { makeScope } from "../../support/crypto";
import { seededRandom } from "../../support/seededRandom";

const { G1, G2 } = bls12_381;
const { Fp, Fr } = bls12_381.fields;
type Words = bigint[];
type PointG1 = typeof G1.Point.BASE;
type PointG2 = typeof G2.Point.BASE;

const PAIRING = ethers.getAddress(ethers.toBeHex(0x0f, 20));
const MULTI_SCALAR = ethers.getAddress(ethers.toBeHex(0x0c, 20));
const GAS_BOUND = 145_000n;

/** A coordinate as EIP-2537 has it, in two words. */
const words = (value: bigint): Words => [value >> 256n, value & ((1n << 256n) - 1n)];
const g1 = (point: PointG1): Words => {
  const { x, y } = point.toAffine();
  return [...words(x), ...words(y)];
};
const g2 = (point: PointG2): Words => {
  const { x, y } = point.toAffine();
  return [x.c0, x.c1, y.c0, y.c1].flatMap(words);
};
const read1 = (bytes: Uint8Array) => G1.Point.fromBytes(bytes);
const read2 = (bytes: Uint8Array) => G2.Point.fromBytes(bytes);

/** A point of the curve outside the subgroup: the smallest x with x^3 + 4 a square. */
function outsideSubgroup(): Words {
  for (let x = 1n; ; x++) {
    const square = Fp.create(x * x * x + 4n);
    if (Fp.pow(square, (Fp.ORDER - 1n) / 2n) === 1n) return [...words(x), ...words(Fp.sqrt(square))];
  }
}

describe("AfghProof", () => {
  const engine = afgh();
  const random = seededRandom("AfghProof");
  const { owner, recipient, capsule, split } = makeScope(engine, random);
  const fractions = split(2, 3);
  const cfrag = engine.reencrypt(fractions[0].kfrag, capsule, random);
  const [c1, c2] = [read1(cfrag.slice(0, 48)), read1(cfrag.slice(144, 192))];
  const d = read2(cfrag.slice(48, 144));
  const [h, z] = [192, 224].map((start) => BigInt(toHex(cfrag.slice(start, start + 32)))) as [bigint, bigint];
  const ownerKey = read1(owner.publicKey.slice(0, 48));
  const recipientKey = read2(recipient.publicKey.slice(48));
  const c = read1(capsule.slice(48, 96));
  // Gamma_1 = g1 + A_1, A_1 the only coefficient of a dealing with threshold 2
  const gamma = G1.Point.BASE.add(read1(fractions[0].kfrag.slice(-112, -64)));
  const turn: Words[] = [g1(c1), g2(d), g1(gamma), g2(recipientKey)];
  const points: Words[] = [ownerKey, c1, c, c2].map(g1);

  async function deploy(): Promise<AfghProof__Harness> {
    return ethers.deployContract("AfghProof__Harness");
  }
  type Args<Name extends "isTurnOf" | "hasOneExponent"> = Parameters<AfghProof__Harness[Name]["staticCall"]>;
  const replaced = <T>(list: readonly T[], position: number, value: T) =>
    list.map((item, index) => (index === position ? value : item));

  context("isTurnOf", () => {
    const check = async (values: readonly Words[]) => {
      const harness = await loadFixture(deploy);
      return harness.isTurnOf(...(values as unknown as Args<"isTurnOf">));
    };

    for (const [position, name] of ["C1", "D", "Gamma", "Y_B"].entries()) {
      it(`reverts for infinity as ${name}`, async () => {
        const harness = await loadFixture(deploy);
        const infinity = turn[position].map(() => 0n);
        await expect(check(replaced(turn, position, infinity)))
          .to.be.revertedWithCustomError(harness, "PointAtInfinity")
          .withArgs(position);
      });

      it(`reverts for a value off the curve as ${name}`, async () => {
        const harness = await loadFixture(deploy);
        const off = replaced(turn[position], 1, turn[position][1] ^ 1n);
        await expect(check(replaced(turn, position, off)))
          .to.be.revertedWithCustomError(harness, "PrecompileFailed")
          .withArgs(PAIRING, 0, 32);
      });
    }

    it("reverts for a point outside the subgroup and for coordinates that are not below p", async () => {
      const harness = await loadFixture(deploy);
      const { y } = gamma.toAffine();
      const bad: [number, Words][] = [
        [0, outsideSubgroup()],
        [2, outsideSubgroup()],
        [0, [...words(c1.toAffine().x + Fp.ORDER), ...words(c1.toAffine().y)]],
        [2, [...words(gamma.toAffine().x), ...words(y + Fp.ORDER)]],
        [2, [...words(gamma.toAffine().x), 0n, 0n]],
      ];
      for (const [position, value] of bad) {
        await expect(check(replaced(turn, position, value)))
          .to.be.revertedWithCustomError(harness, "PrecompileFailed")
          .withArgs(PAIRING, 0, 32);
      }
    });

    it("is true for every share's answer", async () => {
      const a1 = read1(fractions[0].kfrag.slice(-112, -64));
      for (const [position, { kfrag }] of fractions.entries()) {
        const answer = engine.reencrypt(kfrag, capsule, random);
        const share = G1.Point.BASE.add(a1.multiply(BigInt(position + 1)));
        const values = [g1(read1(answer.slice(0, 48))), g2(read2(answer.slice(48, 144))), g1(share), turn[3]];
        expect(await check(values)).to.equal(true);
      }
    });

    it("is false for another C1, D, Gamma or Y_B", async () => {
      expect(await check(turn)).to.equal(true);
      const others = [g1(c1.double()), g2(d.double()), g1(gamma.negate()), g2(recipientKey.double())];
      for (const [position, other] of others.entries()) {
        expect(await check(replaced(turn, position, other))).to.equal(false);
      }
    });

    it(`costs at most ${GAS_BOUND} gas as a transaction`, async () => {
      const harness = await loadFixture(deploy);
      const [signer] = await ethers.getSigners();
      const { data } = await harness.isTurnOf.populateTransaction(...(turn as unknown as Args<"isTurnOf">));
      const sent = await signer.sendTransaction({ to: await harness.getAddress(), data });
      const receipt = await sent.wait();
      expect(receipt!.gasUsed).to.be.at.most(GAS_BOUND);
    });
  });

  context("hasOneExponent", () => {
    const check = async (values: readonly Words[], challenge = h, response = z) => {
      const harness = await loadFixture(deploy);
      return harness.hasOneExponent(...([...values, challenge, response] as unknown as Args<"hasOneExponent">));
    };

    for (const [position, name] of ["X_A", "C1", "C", "C2"].entries()) {
      it(`reverts for infinity as ${name}`, async () => {
        const harness = await loadFixture(deploy);
        await expect(check(replaced(points, position, [0n, 0n, 0n, 0n])))
          .to.be.revertedWithCustomError(harness, "PointAtInfinity")
          .withArgs(position);
      });

      it(`reverts for a point outside the subgroup as ${name}`, async () => {
        const harness = await loadFixture(deploy);
        await expect(check(replaced(points, position, outsideSubgroup())))
          .to.be.revertedWithCustomError(harness, "PrecompileFailed")
          .withArgs(MULTI_SCALAR, 0, 128);
      });
    }

    it("reverts for scalars out of range", async () => {
      const harness = await loadFixture(deploy);
      for (const bad of [0n, Fr.ORDER, (1n << 256n) - 1n]) {
        for (const [challenge, response] of [
          [bad, z],
          [h, bad],
        ]) {
          await expect(check(points, challenge, response))
            .to.be.revertedWithCustomError(harness, "ScalarOutOfRange")
            .withArgs(bad, Fr.ORDER);
        }
      }
    });

    it("is true for our answers and false with anything changed", async () => {
      expect(await check(points)).to.equal(true);
      for (const [position, point] of [ownerKey, c1, c, c2].entries()) {
        expect(await check(replaced(points, position, g1(point.double())))).to.equal(false);
      }
      expect(await check(points, h, Fr.add(z, 1n))).to.equal(false);
      expect(await check(points, Fr.add(h, 1n), z)).to.equal(false);
    });
  });

  it("sees through each lie of a node that knows its key, by the one of its two checks that the lie breaks", async () => {
    const harness = await loadFixture(deploy);
    const held = { engine, kfrag: fractions[0].kfrag, ownerPublicKey: owner.publicKey, random };
    const found = new Set<string>();
    for (const { part, cfrag: lie } of afghForgeries(held, capsule)) {
      const [first, second] = [lie.slice(0, 48), lie.slice(144, 192)].map((bytes) => g1(read1(bytes)));
      const [challenge, response] = [192, 224].map((start) => toBigInt(lie.slice(start, start + 32)));
      const turned = [first, g2(read2(lie.slice(48, 144))), g1(gamma), g2(recipientKey)];
      const proven = [points[0], first, points[2], second, challenge, response];
      const isTurn = await harness.isTurnOf(...(turned as unknown as Args<"isTurnOf">));
      const isProven = await harness.hasOneExponent(...(proven as unknown as Args<"hasOneExponent">));
      expect({ isTurn, isProven }, part).to.deep.equal({
        ...{ isTurn: part !== "equation e(C1, D) = e(Gamma, Y_B)", isProven: part !== "proof of one exponent" },
      });
      found.add(part);
    }
    expect(found.size).to.equal(2);
  });

  context("callPrecompile", () => {
    it("reverts where there is no precompile, though the call succeeds", async () => {
      const harness = await loadFixture(deploy);
      const nobody = ethers.getAddress(ethers.toBeHex(0xdead, 20));
      await expect(harness.callPrecompile(nobody, 30_000, "0x", 32))
        .to.be.revertedWithCustomError(harness, "PrecompileFailed")
        .withArgs(nobody, 0, 32);
    });

    it("reverts where the output has another length", async () => {
      const harness = await loadFixture(deploy);
      const identity = ethers.toBeHex(0x04, 20);
      await expect(harness.callPrecompile(identity, 30_000, "0x112233", 32))
        .to.be.revertedWithCustomError(harness, "PrecompileFailed")
        .withArgs(identity, 3, 32);
      expect(await harness.callPrecompile(identity, 30_000, "0x112233", 3)).to.equal("0x112233");
    });
  });
});
