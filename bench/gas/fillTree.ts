/** Fills the sum tree at the first storage slots of a contract, as if that many nodes had staked. */
import { network } from "hardhat";

const FIRST_LEAF_WORD = 4_681;
const LANES = 8;

/** Gives leaves 0 to `count` - 1 the width `units`; sums above follow. */
export async function fillTree(contract: string, count: number, units: bigint): Promise<void> {
  let sums = new Map<number, bigint>();
  for (let leaf = 0; leaf < count; ++leaf) sums.set(FIRST_LEAF_WORD * LANES + 1 + leaf, units);
  while (!sums.has(0)) sums = await writeParents(contract, sums);
}

/** Writes the words which hold these children, heap numbers to sums, and returns their own sums. */
async function writeParents(contract: string, children: Map<number, bigint>): Promise<Map<number, bigint>> {
  const words = new Map<number, bigint>();
  const sums = new Map<number, bigint>();
  for (const [child, sum] of children) {
    const [parent, lane] = [(child - 1) >> 3, BigInt((child - 1) & 7)];
    words.set(parent, (words.get(parent) ?? 0n) | (sum << (32n * lane)));
    sums.set(parent, (sums.get(parent) ?? 0n) + sum);
  }
  for (const [slot, word] of words) await setWord(contract, slot, word);
  return sums;
}

/** Writes one storage word. */
export async function setWord(contract: string, slot: number | bigint, word: bigint): Promise<void> {
  const value = "0x" + word.toString(16).padStart(64, "0");
  await network.provider.send("hardhat_setStorageAt", [contract, "0x" + slot.toString(16), value]);
}
