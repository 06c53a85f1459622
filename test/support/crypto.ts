import { expect } from "chai";

import { backendNamed, defaultBackend } from "../../src/crypto/backends";
import type { CurveBackend } from "../../src/crypto/backend";
import type { Engine, Fraction, FractionKeys, RandomSource, RekeyRequest } from "../../src/crypto/engine";
import { loadNativeBackend } from "../../src/crypto/backendNative";
import type { PairingBackend } from "../../src/crypto/pairing";
import { loadMclPairing } from "../../src/crypto/pairingMcl";
import { noblePairing } from "../../src/crypto/pairingNoble";
import { umbral } from "../../src/crypto/umbral";
import { thrown } from "./errors";

/** Every curve back-end that loads on this machine, or the one that NKMS_CURVE_BACKEND forces. */
export const backends: CurveBackend[] = process.env.NKMS_CURVE_BACKEND
  ? [defaultBackend()]
  : loadNativeBackend()
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

/** Asserts a refusal by its code and by all of its data, and that it is told in sentences. */
export function expectRefusal(call: () => unknown, code: string, data: Record<string, unknown>): void {
  const error = thrown(call);
  expect({ code: error.code, data: error.data }).to.deep.equal({ code, data });
  for (const said of [error.message, error.why, error.fix]) {
    if (said !== undefined) expect(said).to.match(/^\S.*\S\.$/);
  }
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
  const signer = umbral().keygen(random);
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

/** Where a point of secp256k1 or a scalar lies in an encoding, and what errors call it. */
export type Part = readonly [field: string, offset: number, kind: "point" | "scalar"];

/** Asserts that a reader names each part where no canonical encoding stands in its place. */
export function expectNamedParts(
  bytes: Uint8Array,
  parts: readonly Part[],
  read: (bytes: Uint8Array) => unknown,
): void {
  for (const [field, offset, kind] of parts) {
    const changed = Uint8Array.from(bytes);
    changed.set(kind === "point" ? Uint8Array.of(4) : new Uint8Array(32), offset);
    const traits = kind === "point" ? { got: 4, expected: [2, 3] } : { got: "0 or >= n", expected: "1 to n-1" };
    expectRefusal(() => read(changed), "E_BAD_ENCODING", { field, ...traits });
  }
}

/** Asserts that an engine on secp256k1 names each key in whose place something shorter stands, by `alsoReading` in other calls too. */
export function expectNamedKeys(
  engine: Engine,
  scope: ReturnType<typeof makeScope>,
  request: RekeyRequest,
  random: RandomSource,
  alsoReading: readonly ((keys: FractionKeys) => unknown)[] = [],
): void {
  const { owner, recipient, capsule, keys } = scope;
  const [{ kfrag }] = scope.split(1, 1);
  const short = owner.publicKey.slice(1);
  const refuse = (call: () => unknown, field: string) =>
    expectRefusal(call, "E_BAD_ENCODING", { field, got: 32, expected: 33 });
  refuse(() => engine.encapsulate(short, random), "publicKey");
  refuse(() => engine.rekey({ ...request, recipientPublicKey: short }, random), "recipientPublicKey");
  refuse(() => engine.combine(recipient.secretKey, short, capsule, []), "ownerPublicKey");
  const readers = [(wrong: FractionKeys) => engine.verifyFraction(kfrag, wrong), ...alsoReading];
  for (const field of ["ownerPublicKey", "recipientPublicKey", "signerPublicKey"]) {
    for (const read of readers) refuse(() => read({ ...keys, [field]: short }), field);
  }
}

/** A back-end that keeps every array it is given, or gives out a function that is given, which then holds these bytes. */
export function watched(backend: CurveBackend, bytes: Uint8Array): { curve: CurveBackend; seen: Uint8Array[] } {
  const seen: Uint8Array[] = [];
  const watch =
    (call: (...args: unknown[]) => unknown) =>
    (...args: unknown[]): unknown => {
      for (const argument of args) {
        if (argument instanceof Uint8Array && Buffer.compare(argument, bytes) === 0) seen.push(argument);
      }
      const result = Reflect.apply(call, backend, args);
      return typeof result === "function" ? watch(result as typeof call) : result;
    };
  const curve = new Proxy(backend, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name);
      return typeof value === "function" ? watch(value as (...args: unknown[]) => unknown) : value;
    },
  });
  return { curve, seen };
}
