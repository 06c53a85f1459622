/** Gas of checking an answer of the pairing engine. */
import { bls12_381 } from "@noble/curves/bls12-381.js";
import { ethers } from "hardhat";

import { afgh } from "../../src/crypto/afgh";
import { osRandom } from "../../src/crypto/random";
import type { AfghProof__Harness } from "../../typechain-types";
import type { GasTable } from "./scenario";

type Turn = Parameters<AfghProof__Harness["isTurnOf"]["populateTransaction"]>;

/** Coordinates as EIP-2537 has them, two words each. */
const words = (...values: bigint[]) => values.flatMap((value) => [value >> 256n, value & ((1n << 256n) - 1n)]);

function wordsOf(encoded: Uint8Array): bigint[] {
  if (encoded.length === 48) {
    const { x, y } = bls12_381.G1.Point.fromBytes(encoded).toAffine();
    return words(x, y);
  }
  const { x, y } = bls12_381.G2.Point.fromBytes(encoded).toAffine();
  return words(x.c0, x.c1, y.c0, y.c1);
}

/** C1, D, Gamma and Y_B of an answer with threshold 1, where Gamma is the generator. */
function makeTurn(): Turn {
  const engine = afgh();
  const [owner, recipient, dealer] = [1, 2, 3].map(() => engine.keygen(osRandom));
  const request = {
    ownerSecretKey: owner.secretKey,
    recipientPublicKey: recipient.publicKey,
    signerSecretKey: dealer.secretKey,
    threshold: 1,
    shares: 1,
  };
  const [{ kfrag }] = engine.rekey(request, osRandom);
  const { capsule } = engine.encapsulate(owner.publicKey, osRandom);
  const cfrag = engine.reencrypt(kfrag, capsule, osRandom);
  const gamma = bls12_381.G1.Point.BASE.toBytes(true);
  const points = [cfrag.slice(0, 48), cfrag.slice(48, 144), gamma, recipient.publicKey.slice(48)];
  return points.map(wordsOf) as unknown as Turn;
}

/** `afghVerify`: the two-pair check as a whole transaction. */
export async function afghGas(): Promise<GasTable> {
  const [signer] = await ethers.getSigners();
  const harness = await ethers.deployContract("AfghProof__Harness");
  const transaction = await harness.isTurnOf.populateTransaction(...makeTurn());
  const receipt = await (await signer.sendTransaction(transaction)).wait();
  return { afghVerify: Number(receipt!.gasUsed) };
}
