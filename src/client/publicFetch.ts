/** A fetch that connects to public addresses only: a name in a public registry may resolve to anything, and to another thing each time. */
import { lookup as systemLookup } from "node:dns";
import type { LookupFunction } from "node:net";

import { Agent, fetch as dispatch } from "undici";

import type { Fetch } from "./http";
import { badUrl } from "./nodeUrl";
import { isPublicAddress } from "./publicAddress";

/**
 * Fetches like the built-in one, but opens a connection only to an address just resolved and found public, so that a name cannot be
 * checked as one address and called as another. Where a name points elsewhere the fetch rejects with the cause E_BAD_URL {url}.
 */
export function publicFetch(resolve: LookupFunction = systemLookup): Fetch {
  const dispatcher = new Agent({ connect: { lookup: publicLookup(resolve) } });
  const call = (url: string, init?: Parameters<typeof dispatch>[1]) => dispatch(url, { ...init, dispatcher });
  return call as unknown as Fetch;
}

/** Resolves a name as `resolve` does, and fails where any of its addresses is not public. */
function publicLookup(resolve: LookupFunction): LookupFunction {
  return (host, options, callback) => {
    resolve(host, options, (error, found, family) => {
      const addresses = typeof found === "string" ? [found] : (found ?? []).map(({ address }) => address);
      const inside = addresses.find((address) => !isPublicAddress(address));
      const why = `It resolves to ${inside}, which is not on the public internet.`;
      callback(inside === undefined ? error : badUrl(host, why), found, family);
    });
  };
}
