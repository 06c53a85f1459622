/** Which IP addresses belong to the public internet. */
import { BlockList, isIPv6 } from "node:net";

/** The networks that do not: IANA's special-purpose address registries (RFC 6890), and multicast. */
const NOT_PUBLIC_IPV4 = [
  "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
  "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
]; // prettier-ignore
/** As above; those that carry an IPv4 address inside (mapped, compatible, translated, 6to4, Teredo) included. */
const NOT_PUBLIC_IPV6 = [
  "::/96", "::ffff:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "fc00::/7",
  "fe80::/10", "fec0::/10", "ff00::/8",
]; // prettier-ignore

/** One list a family: a list of both would take every IPv4 address for its mapped form. */
const ipv4 = blockList(NOT_PUBLIC_IPV4, "ipv4");
const ipv6 = blockList(NOT_PUBLIC_IPV6, "ipv6");

/** Whether an address, in the usual notation of its family, is one of the public internet. */
export function isPublicAddress(address: string): boolean {
  return isIPv6(address) ? !ipv6.check(address, "ipv6") : !ipv4.check(address, "ipv4");
}

function blockList(networks: readonly string[], family: "ipv4" | "ipv6"): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address, bits] = network.split("/");
    list.addSubnet(address, Number(bits), family);
  }
  return list;
}
