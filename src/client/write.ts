/** write: encrypts data to its owner's key for the path and stores it (V.A). */
import { utf8 } from "../bytes";
import { NkmsError } from "../errors";
import type { Address } from "../protocol/abi";
import type { Suite } from "../protocol/edek";
import { pathKeyPair } from "../protocol/keys";
import { sealObject } from "../protocol/object";
import { canonicalPath, pathId } from "../protocol/path";
import type { Context } from "./context";

export interface WriteOptions {
  /** Whose data it is; default: the caller. Anybody may produce for an owner who published the path's key. */
  readonly owner?: Address;
  /** The owner's public key of the path, 33 bytes, if it was handed over rather than published. */
  readonly pathPublicKey?: Uint8Array;
  /** Cipher of the body; default chacha20-poly1305. */
  readonly suite?: Suite;
}

/**
 * Writes an object, signed inside by the caller, and returns the URI it is read under. Throws E_BAD_PATH, E_BAD_DATA {got} for
 * what is neither text nor bytes, E_NO_PATH_KEY if the owner
 * published no key for the path, and what storage throws.
 */
export async function write(
  context: Context,
  uri: string,
  data: string | Uint8Array,
  options: WriteOptions = {},
): Promise<string> {
  const { engine, keys, random, storage } = context;
  const path = canonicalPath(uri);
  const object = sealObject(bytesOf(data), {
    engine,
    pathPublicKey: options.pathPublicKey ?? (await pathPublicKeyOf(context, path, options.owner)),
    signing: keys.signing,
    suite: options.suite ?? "chacha20-poly1305",
    random,
  });
  return storage.write(uri, object);
}

/** Callers without a type checker may hand over anything. */
function bytesOf(data: unknown): Uint8Array {
  if (typeof data === "string") return utf8(data);
  if (data instanceof Uint8Array) return data;
  const got = data === null ? "null" : typeof data;
  throw new NkmsError("E_BAD_DATA", `Only text and bytes can be written, not ${got}.`, {
    why: "What is read must be what was written. Nothing was written.",
    fix: "Make text of it first, for example with JSON.stringify.",
    data: { got },
  });
}

async function pathPublicKeyOf(context: Context, path: string, owner?: Address): Promise<Uint8Array> {
  const { address, chain, engine, seed } = context;
  if (owner === undefined || owner.toLowerCase() === address.toLowerCase())
    return pathKeyPair(seed, path, engine).publicKey;
  const published = await chain.keyRegistry.pathKeyOf(owner, pathId(path));
  if (published) return published;
  throw new NkmsError("E_NO_PATH_KEY", `${owner} published no key for ${path}.`, {
    why: "Only the owner can make the key of a path; nothing was written.",
    fix: `Ask the owner to publish it: publishPathKey("${path}").`,
    data: { owner, path },
  });
}
