/**
 * Every key of one identity, derived from its BIP-39 seed: one label, one key, one use (II.C, design 8). The chain account is
 * the only key from elsewhere (BIP-32). Losing any file therefore loses nothing that the seed does not give back.
 */
import { derivePathKey, deriveSecretKey } from "../crypto/derive";
import type { Engine, KeyPair } from "../crypto/engine";
import type { Address } from "./abi";
import { canonicalPath } from "./path";
import { signerAddress } from "./typedSignature";

/** A key that signs EIP-712 messages, by its Ethereum address. */
export interface SignerKey {
  readonly secretKey: Uint8Array;
  readonly address: Address;
}

/** The keys of somebody who shares and reads. */
export interface ClientKeys {
  /** Data is shared to it. */
  readonly recipient: KeyPair;
  /** Signs requests to nodes. */
  readonly requestSigner: SignerKey;
  /** Signs vouchers, which spend a channel's deposit and nothing else. */
  readonly voucherSigner: SignerKey;
  /** Signs plaintexts and fractions; its public half is the verifying key. */
  readonly signing: KeyPair;
  /** Seals the owner's policy records. */
  readonly storeKey: Uint8Array;
  /** Seals the notes in policy events. */
  readonly noteKey: Uint8Array;
}

/** The keys of a node. */
export interface NodeKeys {
  /** Signs acceptances and receipts. */
  readonly worker: SignerKey;
  /** Fractions are sealed to it. */
  readonly encryption: KeyPair;
  /** Picks subjects in health checks; its x coordinate is what is published. */
  readonly check: KeyPair;
  /** Seals the fractions on disk. */
  readonly storeKey: Uint8Array;
}

/** The client keys of a seed. */
export function clientKeys(seed: Uint8Array, engine: Engine): ClientKeys {
  return {
    recipient: keyPair(deriveSecretKey(seed, "nkms/v1/recipient"), engine),
    requestSigner: signerKey(deriveSecretKey(seed, "nkms/v1/request-signer")),
    voucherSigner: signerKey(deriveSecretKey(seed, "nkms/v1/voucher")),
    signing: keyPair(deriveSecretKey(seed, "nkms/v1/signing"), engine),
    storeKey: deriveSecretKey(seed, "nkms/v1/store"),
    noteKey: deriveSecretKey(seed, "nkms/v1/note"),
  };
}

/** The node keys of a seed. */
export function nodeKeys(seed: Uint8Array, engine: Engine): NodeKeys {
  return {
    worker: signerKey(deriveSecretKey(seed, "nkms/v1/worker")),
    encryption: keyPair(deriveSecretKey(seed, "nkms/v1/node"), engine),
    check: keyPair(deriveSecretKey(seed, "nkms/v1/check"), engine),
    storeKey: deriveSecretKey(seed, "nkms/v1/node-store"),
  };
}

/** The key pair that data under one path is encrypted to. Throws E_BAD_PATH for a path not in its one spelling. */
export function pathKeyPair(seed: Uint8Array, path: string, engine: Engine): KeyPair {
  return keyPair(derivePathKey(seed, canonicalPath(path)), engine);
}

function keyPair(secretKey: Uint8Array, engine: Engine): KeyPair {
  return { secretKey, publicKey: engine.publicKeyOf(secretKey) };
}

function signerKey(secretKey: Uint8Array): SignerKey {
  return { secretKey, address: signerAddress(secretKey) };
}
