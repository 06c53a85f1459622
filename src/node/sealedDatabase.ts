/**
 * An embedded LevelDB whose every value is sealed by XChaCha20-Poly1305 under the operator's store key, with the entry's name as
 * associated data: a value can be neither read, nor changed, nor moved to another name. Names are public (policy and request ids).
 * One process at a time; the folder is for its owner alone.
 */
import { ClassicLevel } from "classic-level";
import { mkdir, stat } from "node:fs/promises";

import { concat, equalBytes, utf8 } from "../bytes";
import type { RandomSource } from "../crypto/engine";
import { draw } from "../crypto/random";
import { NONCE_LENGTH, open, seal } from "../crypto/symmetric";
import { NkmsError } from "../errors";
import { storeCorrupt, storeError } from "./storeErrors";

const AEAD = "xchacha20-poly1305";
const NONCE = NONCE_LENGTH[AEAD];
const OWNER_ENTRY = "store/owner";
const HIDDEN_FROM_OTHERS = 0o077;

export interface DatabaseOptions {
  /** Made, with mode 0700, if it is not there. */
  readonly directory: string;
  /** 32 bytes. */
  readonly storeKey: Uint8Array;
  /** Whose data this is: written at creation, compared ever after. */
  readonly owner: string;
  readonly random: RandomSource;
  /** `levelFiles` by default. */
  readonly level?: (directory: string) => Level;
}

/** A change of one entry; a value of undefined removes it. */
export interface Change {
  readonly name: string;
  readonly value?: Uint8Array;
}

/** The part of a LevelDB that is used. With `sync` a promise resolves when the disk has the change, else when the process has. */
export type Level = Pick<ClassicLevel<string, Uint8Array>, "open" | "close" | "get" | "keys" | "batch" | "del"> & {
  compactRange(first: string, last: string): Promise<void>;
};

/** LevelDB's files in a folder; not opened yet. */
export function levelFiles(directory: string): Level {
  return new ClassicLevel<string, Uint8Array>(directory, { valueEncoding: "view", compression: false });
}

export class SealedDatabase {
  private constructor(
    private readonly level: Level,
    private readonly options: DatabaseOptions,
  ) {}

  /** Throws E_STORE_LOCKED, E_STORE_PERMISSIONS, E_WRONG_KEY, E_WRONG_STORE, E_STORE_CORRUPT. */
  static async open(options: DatabaseOptions): Promise<SealedDatabase> {
    await requirePrivate(options.directory);
    const level = (options.level ?? levelFiles)(options.directory);
    await level.open().catch((cause: unknown) => {
      throw storeError(options.directory, cause);
    });
    const database = new SealedDatabase(level, options);
    try {
      await database.#requireOwner();
      return database;
    } catch (error) {
      await level.close();
      throw error;
    }
  }

  /** Throws E_STORE_CORRUPT if the entry does not open. */
  async get(name: string): Promise<Uint8Array | undefined> {
    const sealed = await this.#reading(() => this.level.get(name));
    return sealed && this.#open(name, sealed);
  }

  /** All entries whose names begin with `prefix`, in order of their names. Throws E_STORE_CORRUPT. */
  async *entries(prefix: string): AsyncGenerator<[name: string, value: Uint8Array]> {
    for (const name of await this.names(prefix, prefix + "\uffff")) {
      const value = await this.get(name);
      if (value) yield [name, value];
    }
  }

  /** The names from `first` up to but excluding `end`, in order. */
  names(first: string, end: string): Promise<string[]> {
    return this.#reading(() => this.level.keys({ gte: first, lt: end }).all());
  }

  /** Makes all changes or none. When the promise resolves they survive a power cut. */
  async write(changes: readonly Change[]): Promise<void> {
    await this.level.batch(this.#batch(changes), { sync: true });
  }

  /** The same without waiting for the disk: the changes survive the end of the process, but perhaps no power cut. */
  async writeSoon(changes: readonly Change[]): Promise<void> {
    await this.level.batch(this.#batch(changes), { sync: false });
  }

  /**
   * Removes an entry and rewrites the files that held it, so that even its sealed bytes are gone from them. LevelDB leaves an
   * old value where it was if value and removal reach the disk together; a second removal then meets it one level deeper.
   */
  async erase(name: string): Promise<void> {
    for (let pass = 0; pass < 2; pass++) {
      await this.level.del(name, { sync: true });
      await this.level.compactRange(name, name);
    }
  }

  close(): Promise<void> {
    return this.level.close();
  }

  #batch(changes: readonly Change[]) {
    return changes.map(({ name, value }) =>
      value ? { type: "put" as const, key: name, value: this.#seal(name, value) } : { type: "del" as const, key: name },
    );
  }

  async #requireOwner(): Promise<void> {
    const expected = utf8(this.options.owner);
    const sealed = await this.#reading(() => this.level.get(OWNER_ENTRY));
    if (!sealed) return this.#found(expected);
    const owner = this.#unseal(OWNER_ENTRY, sealed);
    if (!owner) throw wrongKey(this.options.directory);
    if (!equalBytes(owner, expected)) throw wrongStore(this.options, new TextDecoder().decode(owner));
  }

  async #found(owner: Uint8Array): Promise<void> {
    const names = await this.names("", "\uffff");
    if (names.length > 0) throw storeCorrupt(this.options.directory, OWNER_ENTRY);
    await this.write([{ name: OWNER_ENTRY, value: owner }]);
  }

  #seal(name: string, value: Uint8Array): Uint8Array {
    const nonce = draw(this.options.random, NONCE);
    return concat(nonce, seal(AEAD, this.options.storeKey, nonce, value, utf8(name)));
  }

  #open(name: string, sealed: Uint8Array): Uint8Array {
    const value = this.#unseal(name, sealed);
    if (!value) throw storeCorrupt(this.options.directory, name);
    return value;
  }

  #unseal(name: string, sealed: Uint8Array): Uint8Array | undefined {
    if (sealed.length < NONCE) return undefined;
    try {
      return open(AEAD, this.options.storeKey, sealed.slice(0, NONCE), sealed.slice(NONCE), utf8(name));
    } catch (error) {
      if (error instanceof NkmsError && error.code === "E_TAMPERED") return undefined;
      throw error;
    }
  }

  async #reading<T>(read: () => Promise<T>): Promise<T> {
    try {
      return await read();
    } catch (cause) {
      throw storeError(this.options.directory, cause);
    }
  }
}

async function requirePrivate(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const { mode } = await stat(directory);
  if ((mode & HIDDEN_FROM_OTHERS) === 0) return;
  const octal = (mode & 0o777).toString(8).padStart(4, "0");
  throw new NkmsError("E_STORE_PERMISSIONS", `The store ${directory} is open to others (mode ${octal}).`, {
    why: "Fractions are sealed, but their number and their policies are nobody's business. The store was not opened.",
    fix: `chmod 700 ${directory}`,
    data: { directory, mode: octal },
  });
}

function wrongKey(directory: string): NkmsError {
  return new NkmsError("E_WRONG_KEY", `The store ${directory} was made under another key.`, {
    why: "The store key comes from the operator's seed; this is another operator's store, or another identity was opened.",
    fix: "Start the node with the identity that made the store, or give it another store.",
    data: { directory },
  });
}

function wrongStore({ directory, owner }: DatabaseOptions, got: string): NkmsError {
  return new NkmsError("E_WRONG_STORE", `The store ${directory} belongs to another node or network.`, {
    fix: "Give each node and network a store of its own.",
    data: { directory, got, expected: owner },
  });
}
