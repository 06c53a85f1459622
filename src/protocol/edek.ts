/**
 * The object format: what `write` stores and `read` takes apart (II.A eq 3 to 5, V.A split-edek). Format only; sealing is in object.ts.
 *
 * | bytes | what |
 * | --- | --- |
 * | 4 | "NKMS" |
 * | 1 | version, 1 |
 * | 1 | engine: 1 umbral |
 * | 1 | suite of the body: 1 chacha20-poly1305, 2 aes-256-gcm |
 * | 33 | public key of the path |
 * | 2 + k | length k and edek: for umbral capsule 98 ‖ sealed dek 72 |
 * | 32 | key commitment |
 * | rest | body: STREAM chunks |
 *
 * One encoding per value; everything before the body is the header. Nothing is negotiated: a version, engine or suite that is
 * not listed is refused.
 */
import { concat, equalBytes, utf8 } from "../bytes";
import { NkmsError } from "../errors";

export type EngineName = "umbral";
export type Suite = "chacha20-poly1305" | "aes-256-gcm";

export interface ObjectHeader {
  readonly engine: EngineName;
  readonly suite: Suite;
  readonly pathPublicKey: Uint8Array;
  /** The dek sealed to the path's key (crypto/sealedBox): what nodes re-encrypt is the capsule it begins with. */
  readonly edek: Uint8Array;
  readonly commitment: Uint8Array;
}

/** An object taken apart: its header, the part nodes need, and the bulk that only the dek opens. */
export interface SplitObject {
  readonly header: ObjectHeader;
  readonly edek: Uint8Array;
  readonly ciphertext: Uint8Array;
}

const MAGIC = utf8("NKMS");
const VERSION = 1;
const ENGINES: readonly EngineName[] = ["umbral"];
const SUITES: readonly Suite[] = ["chacha20-poly1305", "aes-256-gcm"];
const PUBLIC_KEY_LENGTH = 33;
const COMMITMENT_LENGTH = 32;
const EDEK_LENGTH: Record<EngineName, number> = { umbral: 98 + 72 };

/** The header's bytes before the commitment: what the keys of the body are salted with. */
export function encodeHeaderPrefix({
  engine,
  suite,
  pathPublicKey,
  edek,
}: Omit<ObjectHeader, "commitment">): Uint8Array {
  const ids = Uint8Array.of(VERSION, ENGINES.indexOf(engine) + 1, SUITES.indexOf(suite) + 1);
  return concat(MAGIC, ids, pathPublicKey, be16(edek.length), edek);
}

/** The whole header. */
export function encodeHeader(header: ObjectHeader): Uint8Array {
  return concat(encodeHeaderPrefix(header), header.commitment);
}

/** Separates the encrypted data key from the data, the paper's split-edek. Throws E_BAD_ENCODING or E_TRUNCATED. */
export function splitEdek(object: Uint8Array): SplitObject {
  const reader = new Reader(object);
  if (!equalBytes(reader.take("magic", MAGIC.length), MAGIC)) throw badHeader("magic", "is not that of an NKMS object");
  if (reader.byte("version") !== VERSION) throw badHeader("version", "is unknown");
  const engine = listed(ENGINES, reader.byte("engine"), "engine");
  const suite = listed(SUITES, reader.byte("suite"), "suite");
  const pathPublicKey = reader.take("pathPublicKey", PUBLIC_KEY_LENGTH);
  if (pathPublicKey[0] !== 2 && pathPublicKey[0] !== 3) throw badHeader("pathPublicKey", "is not a compressed point");
  const edek = readEdek(reader, engine);
  const commitment = reader.take("commitment", COMMITMENT_LENGTH);
  return { header: { engine, suite, pathPublicKey, edek, commitment }, edek, ciphertext: reader.rest() };
}

function readEdek(reader: Reader, engine: EngineName): Uint8Array {
  const [high, low] = reader.take("edek length", 2);
  if (high * 256 + low !== EDEK_LENGTH[engine]) throw badHeader("edek length", `does not suit ${engine}`);
  return reader.take("edek", EDEK_LENGTH[engine]);
}

/** The value an id stands for; ids count from 1. */
function listed<T>(values: readonly T[], id: number, field: string): T {
  const value = values[id - 1];
  if (value === undefined) throw badHeader(field, "is unknown");
  return value;
}

/** Takes fields off the front of a private copy. */
class Reader {
  readonly #bytes: Uint8Array;
  #offset = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = Uint8Array.from(bytes);
  }

  take(field: string, length: number): Uint8Array {
    const end = this.#offset + length;
    if (end > this.#bytes.length) throw truncatedHeader(field, this.#bytes.length);
    const part = this.#bytes.subarray(this.#offset, end);
    this.#offset = end;
    return part;
  }

  byte(field: string): number {
    return this.take(field, 1)[0];
  }

  rest(): Uint8Array {
    return this.#bytes.subarray(this.#offset);
  }
}

function be16(value: number): Uint8Array {
  return Uint8Array.of(value >> 8, value & 0xff);
}

function badHeader(field: string, what: string): NkmsError {
  return new NkmsError("E_BAD_ENCODING", `The object's ${field} ${what}.`, {
    why: "The file is not an NKMS object of this version, or its header was changed.",
    fix: "Fetch the object again, or ask its producer to write it again.",
    data: { field },
  });
}

function truncatedHeader(field: string, length: number): NkmsError {
  return new NkmsError("E_TRUNCATED", `The object ends inside its header, at the ${field}.`, {
    why: "The file is incomplete.",
    fix: "Fetch the object again.",
    data: { field, length },
  });
}
