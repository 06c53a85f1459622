/** Which node addresses a client will call. URLs come from a public registry that any staker writes: they are not trusted. */
import { isIP } from "node:net";

import { NkmsError } from "../errors";
import { isPublicAddress } from "./publicAddress";

/** Names of this machine, as a URL spells them. */
const LOOPBACK = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/**
 * The base of a node's service without a trailing slash: https to a public name, or, only where `loopback` is allowed, http or
 * https to this machine. No credentials, query or fragment. Throws E_BAD_URL.
 */
export function nodeBaseUrl(url: string, { loopback }: { loopback: boolean }): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined) throw badUrl(url, "It is not a URL.");
  const isLoopback = LOOPBACK.test(parsed.hostname);
  if (isLoopback && !loopback) throw badUrl(url, "It points to this machine, which only a local chain's nodes may.");
  if (!isLoopback && parsed.protocol !== "https:") throw badUrl(url, "It is not https.");
  if (isLoopback && !/^https?:$/.test(parsed.protocol)) throw badUrl(url, "It is neither http nor https.");
  const literal = parsed.hostname.replace(/^\[|\]$/g, "");
  if (!isLoopback && isIP(literal) && !isPublicAddress(literal))
    throw badUrl(url, "It is no address of the public internet.");
  if (parsed.username || parsed.password) throw badUrl(url, "It carries credentials.");
  if (parsed.search || parsed.hash) throw badUrl(url, "It carries a query or a fragment.");
  return (parsed.origin + parsed.pathname).replace(/\/+$/, "");
}

/** E_BAD_URL {url}: a registered address that is not called. */
export function badUrl(url: string, why: string): NkmsError {
  return new NkmsError("E_BAD_URL", "The node's registered URL is not one a client calls.", {
    why,
    fix: "Its operator must register another: npx hardhat node:register --url https://…",
    data: { url: url.slice(0, 256) },
  });
}
