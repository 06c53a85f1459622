/** Whom data is shared with. */
import { NkmsError } from "../errors";
import type { Address } from "../protocol/abi";
import type { Context } from "./context";

/** An account that published its keys, or the keys themselves. */
export type Recipient = Address | RecipientKeys;

/** The two public keys a policy needs: data is re-encrypted to the one, the other's holder asks the nodes. */
export interface RecipientKeys {
  /** 33 bytes. */
  readonly encryptionKey: Uint8Array;
  readonly requestSigner: Address;
  /** The account, if the keys belong to one. */
  readonly account?: Address;
}

/** The keys of a recipient. Throws E_BAD_ADDRESS, and E_UNKNOWN_RECIPIENT for an account that published none. */
export async function recipientKeys({ chain }: Context, recipient: Recipient): Promise<RecipientKeys> {
  if (typeof recipient !== "string") return recipient;
  if (!/^0x[0-9a-fA-F]{40}$/.test(recipient)) {
    throw new NkmsError("E_BAD_ADDRESS", `${JSON.stringify(recipient)} is not an Ethereum address.`, {
      fix: "Give the recipient's address: 0x and 40 hex digits.",
      data: { recipient },
    });
  }
  const published = await chain.keyRegistry.keysOf(recipient);
  if (published) return { ...published, account: recipient };
  throw new NkmsError("E_UNKNOWN_RECIPIENT", `${recipient} has published no keys on this chain.`, {
    why: "Data can only be shared with whoever published an encryption key. Nothing was sent.",
    fix: "Ask the recipient to call publishKeys() once, or give the keys themselves: share({encryptionKey, requestSigner}, …).",
    data: { recipient, chainId: chain.chainId },
  });
}
