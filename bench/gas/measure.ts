import { takeSnapshot } from "@nomicfoundation/hardhat-network-helpers";

import { GROUPS } from "./groups";
import type { GasTable } from "./scenario";

/** All figures; the chain is left as it was found. */
export async function measureGas(): Promise<GasTable> {
  let table: GasTable = {};
  for (const group of GROUPS) {
    const snapshot = await takeSnapshot();
    table = { ...table, ...(await group()) };
    await snapshot.restore();
  }
  return table;
}
