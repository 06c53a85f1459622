/** What a recipient can try with the proofs in answers to capsules of his choice. */
import type { Sight } from "./attack";

/** The scalars of a proof z = t + h*k. */
export interface Proof {
  readonly z: bigint;
  readonly h: bigint;
}

interface Field {
  sub(a: bigint, b: bigint): bigint;
  div(a: bigint, b: bigint): bigint;
}

/** (z - z')/(h - h') of any two proofs, which is k where their nonces t are the same. */
export function keysOfEqualNonces(field: Field, proofs: readonly Proof[]): bigint[] {
  return proofs.flatMap((one, index) =>
    proofs
      .slice(index + 1)
      .filter(({ h }) => h !== one.h)
      .map(({ z, h }) => field.div(field.sub(one.z, z), field.sub(one.h, h))),
  );
}

/** Three capsules whose proofs hold, the first two of one point E: what a derived nonce is most likely to forget is the rest of the capsule. */
export function likeCapsules({ engine, ownerPublicKey, random }: Sight): Uint8Array[] {
  const first = random(48);
  const sameFirst = () => {
    let drawn = 0;
    return (length: number) => (drawn++ === 0 ? first.slice(0, length) : random(length));
  };
  return [sameFirst(), sameFirst(), random].map((source) => engine.encapsulate(ownerPublicKey, source).capsule);
}
