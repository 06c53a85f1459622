/**
 * The latest voucher of each payer: one file each, `<folder>/<payer>.json`, replaced whole and durable before a read is answered. A voucher
 * pays nobody but this node's staker, so it is no secret; being plain, it can be redeemed while the node is running or lost.
 */
import { mkdir, readdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";

import { isAbsent, removeDurably, writeDurably } from "../disk/durableFile";
import type { Address } from "../protocol/abi";
import { decode, encode } from "../protocol/codec";
import { voucher as codec, type Voucher } from "../protocol/voucher";
import { storeCorrupt } from "./storeErrors";

const FILE_NAME = /^0x[0-9a-f]{40}\.json$/;

/**
 * Where the vouchers of the node with a store in `directory` are: beside it, for the store is the database's alone. A slash at the end of the name makes no
 * difference.
 */
export function vouchersFolder(directory: string): string {
  return `${resolve(directory)}-vouchers`;
}

/** All vouchers in a folder. Throws E_STORE_CORRUPT, and what the file system says where the folder cannot be read. */
export async function readVouchers(folder: string): Promise<Voucher[]> {
  const names = (await readdir(folder)).filter((name) => FILE_NAME.test(name));
  const vouchers = await Promise.all(names.map((name) => readVoucher(folder, name)));
  return vouchers.filter((one) => one !== undefined);
}

export class VoucherStore {
  private constructor(
    private readonly folder: string,
    private readonly latest: Map<Address, Voucher>,
  ) {}

  /** Makes the folder if it is not there. Throws E_STORE_CORRUPT. */
  static async open(folder: string): Promise<VoucherStore> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const vouchers = await readVouchers(folder);
    return new VoucherStore(folder, new Map(vouchers.map((one) => [one.payer, one])));
  }

  /** The latest voucher of a payer (lower case). */
  of(payer: Address): Voucher | undefined {
    return this.latest.get(payer);
  }

  all(): Voucher[] {
    return [...this.latest.values()];
  }

  /** Replaces the payer's voucher; when the promise resolves the new one survives a power cut. */
  async put(next: Voucher): Promise<void> {
    await writeDurably(join(this.folder, `${next.payer}.json`), encode(codec, next));
    this.latest.set(next.payer, next);
  }

  /** Forgets a voucher, unless a later one has replaced it. */
  async remove({ payer, epoch, amount }: Voucher): Promise<void> {
    const held = this.latest.get(payer);
    if (held?.epoch !== epoch || held.amount !== amount) return;
    await removeDurably(join(this.folder, `${payer}.json`));
    this.latest.delete(payer);
  }
}

/** Undefined if a running node has removed it meanwhile. */
async function readVoucher(folder: string, name: string): Promise<Voucher | undefined> {
  try {
    return decode(codec, await readFile(join(folder, name), "utf8"));
  } catch (cause) {
    if (isAbsent(cause)) return undefined;
    throw storeCorrupt(folder, name, cause);
  }
}
