/** What the invalid vectors of all engines are made of. */
import { fromHex, toHex } from "../../../src/bytes";
import type { Engine, RandomSource } from "../../../src/crypto/engine";
import { casesOf, makeVector, stream } from "../vector";

/** Bytes of one argument replaced: `cut` bytes from a place on give way to `bytes`. */
export interface Change {
  readonly argument: string;
  readonly at: number;
  readonly cut: number;
  readonly bytes: string;
}

/** A valid call with changed arguments, and how it has to be refused. */
export interface InvalidTest {
  readonly operation: string;
  readonly comment: string;
  readonly changes: readonly Change[];
  readonly code: string;
  /** The value that the refusal names; E_IDENTITY names none. */
  readonly field?: string;
}

/** How a changed call is refused. */
export interface Refusal {
  readonly comment: string;
  readonly code: string;
  readonly field?: string;
}

/** An argument of an operation, as it is in the valid call. */
export class Argument {
  constructor(
    readonly operation: string,
    readonly name: string,
    readonly bytes: Uint8Array,
  ) {}

  /** Bytes from a place on are others, as many. */
  with(at: number, bytes: Uint8Array, refusal: Refusal): InvalidTest {
    return this.#test({ at, cut: bytes.length, bytes: toHex(bytes) }, refusal);
  }

  /** All bytes are others. */
  instead(bytes: Uint8Array, refusal: Refusal): InvalidTest {
    return this.#test({ at: 0, cut: this.bytes.length, bytes: toHex(bytes) }, refusal);
  }

  /** One bit is turned. */
  flipped(at: number, refusal: Refusal): InvalidTest {
    return this.with(at, Uint8Array.of(this.bytes[at] ^ 1), refusal);
  }

  /** The last byte is missing, or all of them, or one follows. */
  lengths(field = this.name): InvalidTest[] {
    const { length } = this.bytes;
    const named = (comment: string) => ({ comment, code: "E_BAD_ENCODING", field });
    return [
      this.#test({ at: length - 1, cut: 1, bytes: "0x" }, named("the last byte is missing")),
      this.#test({ at: 0, cut: length, bytes: "0x" }, named("no bytes")),
      this.#test({ at: length, cut: 0, bytes: "0x00" }, named("a byte follows")),
    ];
  }

  #test(change: Omit<Change, "argument">, { comment, code, field }: Refusal): InvalidTest {
    const changes = [{ argument: this.name, ...change }];
    return { operation: this.operation, comment, changes, code, ...(field === undefined ? {} : { field }) };
  }
}

/** A value that is well formed and not the one that was proven or committed to. */
export const proof = (comment: string, field: string): Refusal => ({ comment, code: "E_BAD_PROOF", field });

/** i 1 ‖ m 1 at a place, of no share or of more than there can be. */
export function shareHeaders(argument: Argument, at: number): InvalidTest[] {
  return ["index", "threshold"].flatMap((part, place) => {
    const field = `${argument.name}.${part}`;
    return [0, 33].map((count) =>
      argument.with(at + place, Uint8Array.of(count), { comment: `${field}: ${count}`, code: "E_BAD_ENCODING", field }),
    );
  });
}

/** One call with the changes of several; the first tells how it is refused. */
export function together(first: InvalidTest, ...others: readonly InvalidTest[]): InvalidTest {
  return { ...first, changes: [first, ...others].flatMap(({ changes }) => changes) };
}

export type Vector = ReturnType<typeof makeVector>;

/** The second and the third vector of an engine, as in test/vectors: of 2 of 3 and 5 of 8. */
export function twoVectors(engine: Engine): [Vector, Vector] {
  const [, second, third] = casesOf(engine.properties.name);
  return [makeVector(engine, second), makeVector(engine, third)];
}

/** The arguments of the valid calls of one vector, of its first fraction; `read` takes the second too. */
export function argumentsOf({ owner, recipient, signer, capsule, fractions }: Vector): Record<string, Uint8Array> {
  const [{ kfrag, cfrag, commitment }, second] = fractions;
  const inHex = {
    ...{ secretKey: owner.secretKey, publicKey: owner.publicKey, capsule, kfrag, cfrag },
    ...{ "commitment.digest": commitment.digest, "commitment.point": commitment.point },
    "second.cfrag": second.cfrag,
    "second.commitment.digest": second.commitment.digest,
    "second.commitment.point": second.commitment.point,
    recipientSecretKey: recipient.secretKey,
    ...{ ownerPublicKey: owner.publicKey, recipientPublicKey: recipient.publicKey, signerPublicKey: signer.publicKey },
  };
  return Object.fromEntries(Object.entries(inHex).map(([name, hex]) => [name, fromHex(hex)]));
}

type Forge = (
  held: { engine: Engine; kfrag: Uint8Array; ownerPublicKey: Uint8Array; random: RandomSource },
  capsule: Uint8Array,
) => readonly { readonly part: string; readonly cfrag: Uint8Array }[];

/** Answers of a node that knows its key, each of which breaks one check alone. */
export function forged(engine: Engine, valid: Readonly<Record<string, Uint8Array>>, forge: Forge): InvalidTest[] {
  const { kfrag, cfrag, capsule, ownerPublicKey } = valid;
  const random = stream(`nkms ${engine.properties.name} forgeries`);
  const argument = new Argument("verify", "cfrag", cfrag);
  return forge({ engine, kfrag, ownerPublicKey, random }, capsule).map((forgery) =>
    argument.instead(forgery.cfrag, {
      ...{ comment: `all of the proof holds but the ${forgery.part}`, code: "E_BAD_PROOF", field: "cfrag" },
    }),
  );
}

/** Applies the changes of a test to the arguments of a valid call. */
export function changed(
  valid: Readonly<Record<string, Uint8Array>>,
  changes: readonly Change[],
): Record<string, Uint8Array> {
  const given = { ...valid };
  for (const { argument, at, cut, bytes } of changes) {
    const old = given[argument];
    given[argument] = Uint8Array.from([...old.subarray(0, at), ...fromHex(bytes), ...old.subarray(at + cut)]);
  }
  return given;
}

/** The lowest `length` bytes of an integer, big-endian. */
export function bigEndian(value: bigint, length: number): Uint8Array {
  return fromHex(`0x${value.toString(16).padStart(2 * length, "0")}`, length);
}

export const toInteger = (bytes: Uint8Array): bigint => BigInt(toHex(bytes));
