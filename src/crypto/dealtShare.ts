/** i 1 ‖ m 1, with which the public side of every dealt fraction begins: which of the shares it is, and how many are needed. */
import { requireMinimum } from "./encoding";
import { badEncoding } from "./errors";
import { MAX_SHARES } from "./umbral/params";

export const SHARE_HEADER_LENGTH = 2;

export interface ShareHeader {
  /** i, 1 to 32. */
  readonly index: number;
  /** m, 1 to 32. */
  readonly threshold: number;
}

function readCount(field: string, count: number): number {
  if (count < 1 || count > MAX_SHARES) throw badEncoding(field, "is out of range", count, [1, MAX_SHARES]);
  return count;
}

/** Reads the first two bytes. Throws E_BAD_ENCODING. */
export function readShareHeader(field: string, bytes: Uint8Array): ShareHeader {
  requireMinimum(field, bytes, SHARE_HEADER_LENGTH, "its header");
  return { index: readCount(`${field}.index`, bytes[0]), threshold: readCount(`${field}.threshold`, bytes[1]) };
}
