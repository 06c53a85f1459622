/** Paths: the names under which an owner's data is stored, keyed and shared. One path, one encryption key (design 8). */
import { keccak_256 } from "@noble/hashes/sha3.js";

import { utf8 } from "../bytes";
import { NkmsError } from "../errors";

const MAX_PATH_BYTES = 1024;
/** Unicode controls, format characters (invisible ones) and separators other than the blank. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;

/**
 * The one spelling of a path: an absolute URI with a lower-case scheme, NFC, without `.`, `..` or empty segments. A spelling
 * that differs is refused rather than repaired, so that two names never mean one key by accident. Throws E_BAD_PATH.
 */
export function canonicalPath(uri: string): string {
  const match = /^[a-z][a-z0-9+.-]*:\/\/(.+)$/su.exec(uri);
  const segments = match?.[1]!.split("/") ?? [""];
  const spelledOnce = uri === uri.normalize("NFC") && !INVISIBLE.test(uri);
  if (spelledOnce && utf8(uri).length <= MAX_PATH_BYTES && segments.every(isSegment)) return uri;
  throw new NkmsError("E_BAD_PATH", `${JSON.stringify(uri)} is not a path.`, {
    why: "A path is a URI such as file://docs/plan.txt in NFC, without empty, `.` or `..` parts or invisible characters.",
    fix: "Write the path with a scheme and plain names.",
    data: { uri },
  });
}

/** The key registry's name for a path: keccak256 of its UTF-8 bytes. */
export function pathId(path: string): Uint8Array {
  return keccak_256(utf8(canonicalPath(path)));
}

/** A policy's name for a key: keccak256 of the 33-byte public key. It tells nothing about the path to who does not know the key. */
export function keyId(publicKey: Uint8Array): Uint8Array {
  return keccak_256(publicKey);
}

function isSegment(segment: string): boolean {
  return segment !== "" && segment !== "." && segment !== "..";
}
