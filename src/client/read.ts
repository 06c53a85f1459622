/** read: fetches an object, has nodes re-encrypt its key, and decrypts it with our own (V.A). */
import type { Context } from "./context";
import { decrypt, type DecryptOptions, type ReadFormat, type ReadResult } from "./decrypt";

export type ReadOptions<F extends ReadFormat = ReadFormat> = Omit<DecryptOptions<F>, "path">;

/** Reads an object by its URI. Throws as storage does (E_NOT_FOUND, E_BAD_URI, E_TOO_LARGE) and as {@link decrypt}. */
export async function read<F extends ReadFormat = "bytes">(
  context: Context,
  uri: string,
  options: F | ReadOptions<F> = {},
): Promise<ReadResult<F>> {
  const chosen: ReadOptions<F> = typeof options === "string" ? { format: options } : options;
  return decrypt(context, await context.storage.read(uri), { ...chosen, path: uri });
}
