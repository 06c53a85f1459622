/**
 * What all engines' vectors share. Every value follows from the seed: all randomness is cut, draw after draw, from SHAKE-256(seed). The
 * order of draws is that of the steps in `makeVector` and of the doc comments in src/crypto. Another implementation that draws in
 * the same order must come to the same bytes, because signatures are RFC 6979 with the drawn entropy.
 */
import { createHash } from "node:crypto";

import { toHex, utf8 } from "../../src/bytes";
import type { Engine, KeyPair, RandomSource } from "../../src/crypto/engine";
import { capsuleOf, sealTo } from "../../src/crypto/sealedBox";
import { umbral } from "../../src/crypto/umbral";

export const STREAM_LENGTH = 16_384;
const PLAINTEXT = "attack at dawn";

/** One vector's parameters. */
export interface Case {
  readonly seed: string;
  readonly threshold: number;
  readonly shares: number;
}

/** The three cases of an engine. */
export function casesOf(name: string): Case[] {
  const splits = [
    { threshold: 1, shares: 1 },
    { threshold: 2, shares: 3 },
    { threshold: 5, shares: 8 },
  ];
  return splits.map((split, index) => ({ seed: `nkms ${name} vector ${index + 1}`, ...split }));
}

/** A pair in hex. */
export function hexPair({ secretKey, publicKey }: KeyPair) {
  return { secretKey: toHex(secretKey), publicKey: toHex(publicKey) };
}

/** The first STREAM_LENGTH bytes of SHAKE-256(seed). */
export function stream(seed: string): RandomSource {
  const bytes = createHash("shake256", { outputLength: STREAM_LENGTH }).update(seed).digest();
  let offset = 0;
  return (length) => Uint8Array.from(bytes.subarray(offset, (offset += length)));
}

/** Draws owner, recipient, signer, the sealed box, the fractions, then one answer per fraction. All values are hex. */
export function makeVector(engine: Engine, { seed, threshold, shares }: Case) {
  const random = stream(seed);
  const [owner, recipient, signer] = [engine, engine, umbral()].map((one) => one.keygen(random));
  const sealed = sealTo(engine, owner.publicKey, utf8(PLAINTEXT), random);
  const capsule = capsuleOf(engine, sealed);
  const request = {
    ownerSecretKey: owner.secretKey,
    recipientPublicKey: recipient.publicKey,
    recipientSecretKey: recipient.secretKey,
    signerSecretKey: signer.secretKey,
    threshold,
    shares,
  };
  const fractions = engine.rekey(request, random).map(({ kfrag, commitment }) => ({ kfrag, commitment }));
  const cfrags = fractions.map(({ kfrag }) => engine.reencrypt(kfrag, capsule, random));
  return {
    ...{ seed, threshold, shares, plaintext: toHex(utf8(PLAINTEXT)) },
    ...{ owner: hexPair(owner), recipient: hexPair(recipient), signer: hexPair(signer) },
    sealed: toHex(sealed),
    capsule: toHex(capsule),
    key: toHex(engine.decapsulate(owner.secretKey, capsule)),
    fractions: fractions.map(({ kfrag, commitment }, index) => ({
      kfrag: toHex(kfrag),
      commitment: { digest: toHex(commitment.digest), point: toHex(commitment.point) },
      cfrag: toHex(cfrags[index]),
    })),
  };
}
