import { expect } from "chai";

import { backendNamed } from "../../src/crypto/backends";
import type { CurveBackend } from "../../src/crypto/backend";
import type { Engine, Fraction, RandomSource } from "../../src/crypto/engine";
import { loadNativeBackend } from "../../src/crypto/backendNative";
import type { PairingBackend } from "../../src/crypto/pairing";
import { loadMclPairing } from "../../src/crypto/pairingMcl";
import { noblePairing } from "../../src/crypto/pairingNoble";
import { thrown } from "./errors";

/** Every curve back-end that loads on this machine. */
export const backends: CurveBackend[] = loadNativeBackend()
  ? [backendNamed("noble"), backendNamed("native")]
  : [backendNamed("noble")];

/** Every pairing back-end that loads on this machine, the fastest last. */
export async function pairings(): Promise<PairingBackend[]> {
  try {
    return [noblePairing, await loadMclPairing()];
  } catch {
    return [noblePairing];
  }
}

/** Asserts a refusal by its code and by all of its data. */
export function expectRefusal(call: () => unknown, code: string, data: Record<string, unknown>): void {
  const error = thrown(call);
  expect({ code: error.code, data: error.data }).to.deep.equal({ code, data });
}

/** The bytes with one bit turned. */
export function flipBit(bytes: Uint8Array, bit: number): Uint8Array {
  const flipped = Uint8Array.from(bytes);
  flipped[bit >> 3] ^= 1 << (bit & 7);
  return flipped;
}

/** Owner, recipient and signer of one scope with a capsule and its key. */
export function makeScope(engine: Engine, random: RandomSource) {
  const owner = engine.keygen(random);
  const recipient = engine.keygen(random);
  const signer = engine.keygen(random);
  const { capsule, key } = engine.encapsulate(owner.publicKey, random);
  const keys = {
    ownerPublicKey: owner.publicKey,
    recipientPublicKey: recipient.publicKey,
    signerPublicKey: signer.publicKey,
  };
  const split = (threshold: number, shares: number): Fraction[] =>
    engine.rekey(
      {
        ownerSecretKey: owner.secretKey,
        recipientPublicKey: recipient.publicKey,
        recipientSecretKey: recipient.secretKey,
        signerSecretKey: signer.secretKey,
        threshold,
        shares,
      },
      random,
    );
  const answer = ({ kfrag, commitment }: Fraction) =>
    engine.verify(engine.reencrypt(kfrag, capsule, random), { capsule, commitment, ...keys });
  return { owner, recipient, signer, capsule, key, keys, split, answer };
}

/** All subsets of a list, by size and order. */
export function subsets<T>(items: readonly T[]): T[][] {
  return Array.from({ length: 2 ** items.length }, (_, mask) => items.filter((_item, index) => mask & (1 << index)));
}
