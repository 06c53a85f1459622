import { network } from "hardhat";

import { fromHex, toHex } from "../../src/bytes";

/** A precompile of Hardhat's own chain, with the rules of Prague. */
export async function precompile(number: number, input: Uint8Array): Promise<Uint8Array> {
  const to = `0x${number.toString(16).padStart(40, "0")}`;
  const call = { method: "eth_call", params: [{ to, data: toHex(input) }, "latest"] };
  return fromHex((await network.provider.request(call)) as string);
}
