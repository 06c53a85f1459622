import { hkdf } from "@noble/hashes/hkdf.js";
import { sha256 } from "@noble/hashes/sha2.js";

import { utf8 } from "../bytes";
import { requireBytes, requireLength } from "./encoding";
import { CryptoError } from "./errors";
import { equalSecrets } from "./secrets";
import { KEY_LENGTH } from "./symmetric";

const ENCRYPTION = utf8("nkms/v1/enc");
const COMMITMENT = utf8("nkms/v1/commit");

/** What one data key gives one file. */
export interface FileKeys {
  /** 32 bytes, for the body and nothing else. */
  readonly encryptionKey: Uint8Array;
  /** 32 public bytes that fix key and header: no second key or header has the same. */
  readonly commitment: Uint8Array;
}

/**
 * HKDF-SHA-256 (RFC 5869) of a 32-byte dek, salted with the 32-byte hash of all header bytes before the commitment, once with
 * info "nkms/v1/enc" and once with "nkms/v1/commit". A changed header thus changes the key, and a file cannot be made to open
 * under two deks, because SHA-256 has no collisions.
 */
export function deriveFileKeys(dek: Uint8Array, headerHash: Uint8Array): FileKeys {
  requireLength("dek", dek, KEY_LENGTH);
  requireLength("headerHash", headerHash, 32);
  return {
    encryptionKey: hkdf(sha256, dek, headerHash, ENCRYPTION, 32),
    commitment: hkdf(sha256, dek, headerHash, COMMITMENT, 32),
  };
}

/** The keys of a file whose header carries `commitment`. Throws E_TAMPERED if dek or header are not the ones committed to. */
export function openFileKeys(dek: Uint8Array, headerHash: Uint8Array, commitment: Uint8Array): FileKeys {
  requireBytes("commitment", commitment, 32);
  const keys = deriveFileKeys(dek, headerHash);
  if (equalSecrets(keys.commitment, commitment)) return keys;
  throw new CryptoError("E_TAMPERED", "The file was not encrypted under this key and header.", {
    why: "Its header carries a commitment to another key, or the header was changed.",
    data: { field: "commitment" },
  });
}
