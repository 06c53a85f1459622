/** Pseudo-random bytes and keys of the lattice schemes. Every use has a domain of its own, "nkms/v1/<scheme>/<use>". */
import { chacha20 } from "@noble/ciphers/chacha.js";
import { hkdf } from "@noble/hashes/hkdf.js";
import { sha256 } from "@noble/hashes/sha2.js";

import { concat, utf8 } from "../../bytes";
import { wipe } from "../secrets";

const NONCE = new Uint8Array(12);

/** The 32 bytes that `secret` gives one use and one context: HKDF-SHA-256 (RFC 5869), info = domain ‖ SHA-256(context). */
export function derive(domain: string, secret: Uint8Array, ...context: Uint8Array[]): Uint8Array {
  return hkdf(sha256, secret, undefined, concat(utf8(domain), sha256(concat(...context))), 32);
}

/** As many bytes as wanted of one secret for one use: the ChaCha20 stream (RFC 8439) under `derive(domain, secret)`. */
export function expand(domain: string, secret: Uint8Array, length: number): Uint8Array {
  const key = derive(domain, secret);
  const stream = chacha20(key, NONCE, new Uint8Array(length));
  wipe(key);
  return stream;
}
