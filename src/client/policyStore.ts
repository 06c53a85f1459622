/**
 * The owner's policies on disk: one sealed file each, `<policies>/<policyId>.json`. Files are replaced whole, so several
 * processes may read and write the same store. The policy id is associated data, so no record can pose as another's. The chain stays the truth, the store says what the chain does not show: the path.
 */
import { mkdir, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

import { concat, fromHex, toHex, utf8 } from "../bytes";
import type { RandomSource } from "../crypto/engine";
import { draw } from "../crypto/random";
import { NONCE_LENGTH, open, seal } from "../crypto/symmetric";
import { NkmsError } from "../errors";
import { isAbsent, removeDurably, writeDurably } from "../disk/durableFile";
import { decodeRecord, encodeRecord, type PolicyRecord } from "./policyRecord";

const AEAD = "xchacha20-poly1305";
const NONCE = NONCE_LENGTH[AEAD];
const FILE_NAME = /^(0x[0-9a-f]{64})\.json$/;

export interface PolicyStore {
  /** Adds or replaces a record; durable when the promise resolves. */
  put(record: PolicyRecord): Promise<void>;
  /** The record of an id, undefined if there is none. Throws E_STORE_CORRUPT. */
  get(id: string): Promise<PolicyRecord | undefined>;
  list(): Promise<PolicyRecord[]>;
  remove(id: string): Promise<void>;
}

/** Opens the store in `folder`, sealed under the 32-byte store key of its owner. The first `put` makes the folder. */
export function openPolicyStore(folder: string, key: Uint8Array, random: RandomSource): PolicyStore {
  return new FilePolicyStore(folder, key, random);
}

class FilePolicyStore implements PolicyStore {
  constructor(
    private readonly folder: string,
    private readonly key: Uint8Array,
    private readonly random: RandomSource,
  ) {}

  async put(record: PolicyRecord): Promise<void> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    const nonce = draw(this.random, NONCE);
    const sealed = seal(AEAD, this.key, nonce, utf8(encodeRecord(record)), utf8(record.id));
    const file = { version: 1, sealed: toHex(concat(nonce, sealed)) };
    await writeDurably(this.#file(record.id), utf8(JSON.stringify(file) + "\n"));
  }

  async get(id: string): Promise<PolicyRecord | undefined> {
    const path = this.#file(id);
    let content: string;
    try {
      content = await readFile(path, "utf8");
    } catch (error) {
      if (isAbsent(error)) return undefined;
      throw error;
    }
    return this.#open(id, content, path);
  }

  async list(): Promise<PolicyRecord[]> {
    const names = await readdir(this.folder).catch((error: unknown) => {
      if (isAbsent(error)) return [];
      throw error;
    });
    const ids = names.flatMap((name) => FILE_NAME.exec(name)?.[1] ?? []);
    const records = await Promise.all(ids.map((id) => this.get(id)));
    return records.filter((record) => record !== undefined);
  }

  async remove(id: string): Promise<void> {
    await removeDurably(this.#file(id));
  }

  #open(id: string, content: string, path: string): PolicyRecord {
    try {
      const { sealed } = JSON.parse(content) as { sealed: string };
      const bytes = fromHex(sealed);
      const plaintext = open(AEAD, this.key, bytes.slice(0, NONCE), bytes.slice(NONCE), utf8(id));
      return decodeRecord(new TextDecoder().decode(plaintext));
    } catch (cause) {
      throw new NkmsError("E_STORE_CORRUPT", `The record of policy ${id} cannot be opened.`, {
        why: "The file was changed, or was written by another identity.",
        fix: "Move it away and call rebuildPolicies(): the chain and your seed hold the same facts.",
        data: { id, path },
        cause,
      });
    }
  }

  #file(id: string): string {
    if (FILE_NAME.test(`${id}.json`)) return join(this.folder, `${id}.json`);
    throw new NkmsError("E_BAD_POLICY_ID", `${JSON.stringify(id)} is not a policy id.`, {
      fix: "Give the id that share() returned: 0x and 64 lower-case hex digits.",
      data: { id },
    });
  }
}
