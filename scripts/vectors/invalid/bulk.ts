/** What readers of a transformed file have to refuse, after two rotations of it. */
import { createHash } from "node:crypto";

import { concat, fromHex, utf8 } from "../../../src/bytes";
import * as nkmsCrypto from "../../../src/crypto";
import { makeTransformVectors } from "../bulk";
import { Argument, bigEndian, type InvalidTest, type Refusal, together } from "./kit";

/** "NKMA" 4 ‖ version 1 ‖ rotation 4 ‖ layer blocks 4 ‖ key commitment 32 ‖ box 88. */
const VERSION_AT = 4;
const ROTATION_AT = 5;
const BLOCKS_AT = 9;
const COMMITMENT_AT = 13;
const BOX_AT = 45;
/** In the box. */
const ROOT_AT = 32;

const encoding = (comment: string, field: string): Refusal => ({ comment, code: "E_BAD_ENCODING", field });
const tampered = (comment: string, field?: string): Refusal => ({ comment, code: "E_TAMPERED", field });
const truncated = (comment: string): Refusal => ({ comment, code: "E_TRUNCATED" });

async function vectorOfOneChunk() {
  const { vectors } = await makeTransformVectors(nkmsCrypto);
  return vectors[1];
}

type TransformVector = Awaited<ReturnType<typeof vectorOfOneChunk>>;

/** The arguments of the valid call: the newest header, its data key and the file as it is stored. */
export function restoreArguments({ rotations, keys }: Pick<TransformVector, "rotations" | "keys">) {
  const { header, stored } = rotations[rotations.length - 1];
  return { header: fromHex(header), key: fromHex(keys[rotations.length]), stored: fromHex(stored) };
}

/** A header as somebody who has the data key can make it: tail 32 ‖ root 32 ‖ length 8 in the box. */
function sealed(key: Uint8Array, prefix: Uint8Array, plain: Uint8Array): Uint8Array {
  const headerHash = Uint8Array.from(createHash("sha256").update(prefix).digest());
  const { encryptionKey, commitment } = nkmsCrypto.deriveFileKeys(key, headerHash);
  const box = nkmsCrypto.seal("chacha20-poly1305", encryptionKey, new Uint8Array(12), plain);
  return concat(prefix, commitment, box);
}

const contentOf = ({ tail, root }: TransformVector, length: bigint) =>
  concat(fromHex(tail), fromHex(root), bigEndian(length, 8));

const number = (value: number) => bigEndian(BigInt(value), 4);

/** Out of range, under a commitment and a box for them, so that nothing else is wrong; and in range, under those of the true ones. */
function prefixes(header: Argument, key: Uint8Array, vector: TransformVector): InvalidTest[] {
  const content = contentOf(vector, BigInt(vector.length));
  const outOfRange = (at: number, bytes: Uint8Array, refusal: Refusal) => {
    const prefix = header.bytes.slice(0, COMMITMENT_AT);
    prefix.set(bytes, at);
    return header.instead(sealed(key, prefix, content), refusal);
  };
  return [
    ...header.lengths("package header"),
    outOfRange(0, utf8("NKMB"), encoding("another magic", "magic")),
    outOfRange(VERSION_AT, Uint8Array.of(2), encoding("version 2", "version")),
    outOfRange(ROTATION_AT, number(65_536), encoding("rotation 65,536", "rotation")),
    outOfRange(BLOCKS_AT, number(0), encoding("layers of no block", "layerBlocks")),
    outOfRange(BLOCKS_AT, number(2 ** 19 + 1), encoding("two layers of more than 2^20 blocks together", "layerBlocks")),
    header.with(ROTATION_AT, number(1), tampered("rotation 1", "commitment")),
    header.with(BLOCKS_AT, number(6), tampered("layers of six blocks", "commitment")),
  ];
}

function boxes(header: Argument, key: Uint8Array, vector: TransformVector): InvalidTest[] {
  const prefix = header.bytes.subarray(0, COMMITMENT_AT);
  const length = BigInt(vector.length);
  const resealed = (plain: Uint8Array, refusal: Refusal) => header.instead(sealed(key, prefix, plain), refusal);
  const otherRoot = contentOf(vector, length);
  otherRoot[ROOT_AT] ^= 1;
  return [
    header.flipped(COMMITMENT_AT, tampered("the key commitment is another", "commitment")),
    header.flipped(BOX_AT, tampered("a byte of the box is another")),
    header.flipped(header.bytes.length - 1, tampered("the tag of the box is another")),
    resealed(otherRoot, tampered("sealed with another root")),
    resealed(contentOf(vector, 2n ** 53n), encoding("sealed with a length above 2^53 - 1", "length")),
    resealed(contentOf(vector, length + 1n), truncated("sealed with a length of a byte more")),
    resealed(contentOf(vector, length - 1n), tampered("sealed with a length of a byte less")),
  ];
}

function keysAndFiles(header: Argument, vector: TransformVector): InvalidTest[] {
  const { key: newest, stored: bytes } = restoreArguments(vector);
  const [key, stored] = [
    new Argument("restoreRotated", "key", newest),
    new Argument("restoreRotated", "stored", bytes),
  ];
  const [former] = vector.rotations;
  const formerKey = key.instead(fromHex(vector.keys[1]), tampered("the data key of the rotation before", "commitment"));
  const formerHeader = header.instead(
    fromHex(former.header),
    tampered("the header of the rotation before with its data key, over the newest file"),
  );
  const end = bytes.length;
  return [
    ...key.lengths("dek"),
    ...[formerKey, together(formerHeader, formerKey)],
    stored.instead(fromHex(former.stored), tampered("the file of the rotation before")),
    ...[0, end - 1].map((at) => stored.flipped(at, tampered(`a bit of byte ${at} of the file is another`))),
    stored.instead(bytes.slice(0, end - 1), truncated("the file's last byte is missing")),
    stored.instead(new Uint8Array(), truncated("no file")),
    stored.instead(concat(bytes, Uint8Array.of(0)), tampered("a byte follows the file")),
  ];
}

export async function transformTests(): Promise<InvalidTest[]> {
  const vector = await vectorOfOneChunk();
  const valid = restoreArguments(vector);
  const header = new Argument("restoreRotated", "header", valid.header);
  return [...prefixes(header, valid.key, vector), ...boxes(header, valid.key, vector), ...keysAndFiles(header, vector)];
}
