/**
 * EIP-712 signatures as `ecrecover` takes them: r ‖ s ‖ v, 65 bytes, s at most n/2, v 27 or 28. Only keys whose one purpose is
 * to sign for the chain come here: request signers, workers, accounts.
 */
import { secp256k1 } from "@noble/curves/secp256k1.js";
import { keccak_256 } from "@noble/hashes/sha3.js";

import { concat, toHex } from "../bytes";
import { NkmsError } from "../errors";
import type { Address } from "./abi";
import { type Domain, type Message, type MessageType, typedDataDigest } from "./typedData";

const SIGNATURE_LENGTH = 65;

/** A signature in the two words of EIP-2098. */
export interface CompactSignature {
  readonly r: Uint8Array;
  readonly vs: Uint8Array;
}

/** The address of a secret key, lower case. */
export function signerAddress(secretKey: Uint8Array): Address {
  return addressOfPoint(secp256k1.getPublicKey(secretKey, false));
}

/** Signs a message with a 32-byte secret key; the nonce is that of RFC 6979. */
export function signTypedData<T extends MessageType>(
  secretKey: Uint8Array,
  domain: Domain,
  type: T,
  message: Message<T>,
): Uint8Array {
  const digest = typedDataDigest(domain, type, message);
  const recovered = secp256k1.sign(digest, secretKey, { prehash: false, lowS: true, format: "recovered" });
  return concat(recovered.subarray(1), Uint8Array.of(27 + recovered[0]));
}

/** Who signed a message, lower case. Throws E_BAD_SIGNATURE if it is not a signature in the one form above. */
export function recoverSigner<T extends MessageType>(
  domain: Domain,
  type: T,
  message: Message<T>,
  signature: Uint8Array,
): Address {
  const v = signature[64];
  if (signature.length !== SIGNATURE_LENGTH || (v !== 27 && v !== 28)) throw badSignature(signature.length);
  try {
    const parsed = secp256k1.Signature.fromBytes(signature.subarray(0, 64), "compact").addRecoveryBit(v - 27);
    if (parsed.hasHighS()) throw badSignature(signature.length);
    return addressOfPoint(parsed.recoverPublicKey(typedDataDigest(domain, type, message)).toBytes(false));
  } catch (error) {
    throw error instanceof NkmsError ? error : badSignature(signature.length, error);
  }
}

/** The compact form of EIP-2098: r, and s with the parity of v in its highest bit. */
export function compactSignature(signature: Uint8Array): CompactSignature {
  const vs = signature.slice(32, 64);
  vs[0] |= (signature[64] - 27) << 7;
  return { r: signature.slice(0, 32), vs };
}

/** r ‖ s ‖ v of a compact signature. */
export function expandedSignature({ r, vs }: CompactSignature): Uint8Array {
  const s = vs.slice();
  s[0] &= 0x7f;
  return concat(r, s, Uint8Array.of(27 + (vs[0] >> 7)));
}

/** The last 20 bytes of keccak256(x ‖ y) (Yellow Paper, appendix F). */
function addressOfPoint(uncompressed: Uint8Array): Address {
  return toHex(keccak_256(uncompressed.subarray(1)).subarray(12));
}

function badSignature(length: number, cause?: unknown): NkmsError {
  return new NkmsError("E_BAD_SIGNATURE", "The signature is not one that can be checked.", {
    why: "It must be r ‖ s ‖ v in 65 bytes with a low s and v 27 or 28.",
    fix: "Sign the message again.",
    data: { length },
    cause,
  });
}
