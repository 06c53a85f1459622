/** A connected identity: owner and recipient in one. */
import type { Address } from "../protocol/abi";
import { splitEdek, type SplitObject } from "../protocol/edek";
import { type Alice, alice } from "./alice";
import { type Bob, bob } from "./bob";
import type { Context } from "./context";

export interface Client extends Alice, Bob {
  /** The account: what others share with, and what pays. */
  readonly address: Address;
  /** Checks the signatures inside what this identity writes: 33 bytes. */
  readonly verifyingKey: Uint8Array;
  /** Separates the encrypted data key from the data; needs neither chain nor keys. */
  splitEdek(object: Uint8Array): SplitObject;
  /** Ends the connection to the chain. */
  close(): Promise<void>;
}

/** Gathers all verbs over one context. */
export function client(context: Context): Client {
  return {
    address: context.address,
    verifyingKey: context.keys.signing.publicKey,
    ...alice(context),
    ...bob(context),
    splitEdek,
    close: async () => context.chain.close(),
  };
}
