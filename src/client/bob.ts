/** The recipient's verbs (V.A): everything Bob does with what was shared with him. */
import type { Channel } from "../chain/paidReads";
import type { Address } from "../protocol/abi";
import { channel, type Closing, closeChannel, openChannel } from "./channels";
import type { Context } from "./context";
import { decrypt, type DecryptOptions, type ReadFormat, type ReadResult } from "./decrypt";
import { publishKeys } from "./publishKeys";
import { recordAccess } from "./recordAccess";
import { read, type ReadOptions } from "./read";

export interface Bob {
  /** Fetches and decrypts: `read(uri)` gives bytes, `read(uri, "text")` text. See {@link read}. */
  read<F extends ReadFormat = "bytes">(uri: string, options?: F | ReadOptions<F>): Promise<ReadResult<F>>;
  /** Decrypts an object already fetched. See {@link decrypt}. */
  decrypt<F extends ReadFormat = "bytes">(object: Uint8Array, options?: DecryptOptions<F>): Promise<ReadResult<F>>;
  /** Opens a channel to a node for reads that cost, or adds to it. See {@link openChannel}. */
  openChannel(node: Address, deposit: bigint): Promise<string>;
  /** Our channel to a node. See {@link channel}. */
  channel(node: Address): Promise<Channel | undefined>;
  /** Announces the close of a channel, or finishes it. See {@link closeChannel}. */
  closeChannel(node: Address): Promise<Closing>;
  /** Publishes that we are about to read, where the owner asks for it. See {@link recordAccess}. */
  recordAccess(uri: string): Promise<string>;
  /** Publishes our public keys, so that others can share with our address. See {@link publishKeys}. */
  publishKeys(): Promise<string | undefined>;
}

/** Binds the recipient's verbs to a context. */
export function bob(context: Context): Bob {
  return {
    read: (uri, options) => read(context, uri, options),
    decrypt: (object, options) => decrypt(context, object, options),
    openChannel: (node, deposit) => openChannel(context, node, deposit),
    channel: (node) => channel(context, node),
    closeChannel: (node) => closeChannel(context, node),
    recordAccess: (uri) => recordAccess(context, uri),
    publishKeys: () => publishKeys(context),
  };
}
