/**
 * EIP-712 signatures as `ecrecover` takes them: r ‖ s ‖ v, 65 bytes, s at most n/2, v 27 or 28. Only keys whose one purpose is
 * to sign for the chain come here: request signers, workers, accounts.
 */
import { concat, toHex } from "../bytes";
import { addressOf } from "../crypto/address";
import type { CurveBackend } from "../crypto/backend";
import { defaultBackend } from "../crypto/backends";
import { decodeScalar, decodeSignature } from "../crypto/encoding";
import { NkmsError } from "../errors";
import type { Address } from "./abi";
import { type Domain, type Message, type MessageType, typedDataDigest } from "./typedData";

const SIGNATURE_LENGTH = 65;
/** v of an even nonce point. */
const FIRST_V = 27;

/** A signature in the two words of EIP-2098. */
export interface CompactSignature {
  readonly r: Uint8Array;
  readonly vs: Uint8Array;
}

/** The address of a secret key, lower case. */
export function signerAddress(secretKey: Uint8Array, backend: CurveBackend = defaultBackend()): Address {
  return toHex(addressOf(backend.multiplyBase(decodeScalar("secretKey", secretKey))));
}

/** Signs a message with a 32-byte secret key; the nonce is that of RFC 6979. */
export function signTypedData<T extends MessageType>(
  secretKey: Uint8Array,
  domain: Domain,
  type: T,
  message: Message<T>,
  backend: CurveBackend = defaultBackend(),
): Uint8Array {
  const digest = typedDataDigest(domain, type, message);
  const signature = backend.signRecoverable(digest, decodeScalar("secretKey", secretKey));
  signature[64] += FIRST_V;
  return signature;
}

/** Who signed a message, lower case. Throws E_BAD_SIGNATURE if it is not a signature in the one form above. */
export function recoverSigner<T extends MessageType>(
  domain: Domain,
  type: T,
  message: Message<T>,
  signature: Uint8Array,
  backend: CurveBackend = defaultBackend(),
): Address {
  const parity = signature[SIGNATURE_LENGTH - 1] - FIRST_V;
  if (signature.length !== SIGNATURE_LENGTH || (parity !== 0 && parity !== 1)) throw badSignature(signature.length);
  const rs = checked(signature.subarray(0, 64));
  const publicKey = backend.recover(concat(rs, Uint8Array.of(parity)), typedDataDigest(domain, type, message));
  if (!publicKey) throw badSignature(signature.length);
  return toHex(addressOf(publicKey));
}

/** r and s in [1, n-1], s at most n/2. */
function checked(rs: Uint8Array): Uint8Array {
  try {
    return decodeSignature("signature", rs);
  } catch (cause) {
    throw badSignature(SIGNATURE_LENGTH, cause);
  }
}

/** The compact form of EIP-2098: r, and s with the parity of v in its highest bit. */
export function compactSignature(signature: Uint8Array): CompactSignature {
  const vs = signature.slice(32, 64);
  vs[0] |= (signature[64] - FIRST_V) << 7;
  return { r: signature.slice(0, 32), vs };
}

/** r ‖ s ‖ v of a compact signature. */
export function expandedSignature({ r, vs }: CompactSignature): Uint8Array {
  const s = vs.slice();
  s[0] &= 0x7f;
  return concat(r, s, Uint8Array.of(FIRST_V + (vs[0] >> 7)));
}

function badSignature(length: number, cause?: unknown): NkmsError {
  return new NkmsError("E_BAD_SIGNATURE", "The signature is not one that can be checked.", {
    why: "It must be r ‖ s ‖ v in 65 bytes with a low s and v 27 or 28.",
    fix: "Sign the message again.",
    data: { length },
    cause,
  });
}
