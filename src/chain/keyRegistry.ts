/** The key registry: public keys by account. Keys are compressed secp256k1 points, 33 bytes. */
import type { Provider } from "ethers";

import type { KeyRegistry } from "../../typechain-types";
import { fromHex } from "../bytes";
import { type Call, prepare } from "./call";
import { queryEvents } from "./events";
import { explained } from "./refusals";

/** What an account published about itself. */
export interface PublishedKeys {
  encryptionKey: Uint8Array;
  verifyingKey: Uint8Array;
  requestSigner: string;
}

export class KeyRegistryClient {
  constructor(
    private readonly contract: KeyRegistry,
    private readonly provider: Provider,
    private readonly deployedAtBlock: number,
  ) {}

  /** The keys of an account; undefined if it published none. */
  async keysOf(account: string): Promise<PublishedKeys | undefined> {
    const { encryptionKey, verifyingKey, requestSigner } = await explained(this.contract.keysOf(account));
    if (encryptionKey === "0x") return undefined;
    return { encryptionKey: fromHex(encryptionKey, 33), verifyingKey: fromHex(verifyingKey, 33), requestSigner };
  }

  /** The key an owner published for a path (`pathId`, 32 bytes); undefined if none. */
  async pathKeyOf(owner: string, pathId: Uint8Array): Promise<Uint8Array | undefined> {
    const key = await explained(this.contract.pathKeyOf(owner, pathId));
    return key === "0x" ? undefined : fromHex(key, 33);
  }

  /** Who published a request signer as its own, oldest first. Nobody has to prove it: compare the encryption key too. */
  async publishersOf(requestSigner: string): Promise<{ account: string; encryptionKey: Uint8Array }[]> {
    const filter = this.contract.filters.KeysPublished(undefined, requestSigner);
    const events = await queryEvents(this.contract, filter, this.provider, this.deployedAtBlock);
    return events.map(({ args }) => ({
      account: args.account as string,
      encryptionKey: fromHex(args.encryptionKey as string, 33),
    }));
  }

  publish({ encryptionKey, verifyingKey, requestSigner }: PublishedKeys): Call<void> {
    return prepare(this.provider, this.contract.publish, [encryptionKey, verifyingKey, requestSigner]);
  }

  publishPathKey(pathId: Uint8Array, pathKey: Uint8Array): Call<void> {
    return prepare(this.provider, this.contract.publishPathKey, [pathId, pathKey]);
  }
}
