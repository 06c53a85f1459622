import { concat } from "../../src/bytes";
import type { ByteSource } from "../../src/crypto/stream";

/** All bytes of a source, in one piece. */
export async function gather(source: ByteSource): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for await (const piece of source) pieces.push(piece);
  return concat(...pieces);
}
