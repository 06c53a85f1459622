/** Condition contexts by the ABI coder of ethers, apart from the encoder of src/protocol. */
import { ethers } from "ethers";

export const POLICY = ethers.id("policy");

/** What `HostileCondition__Mock` does. */
export const MODES = { no: 0, yes: 1, revert: 2, burnGas: 3, return: 4, word: 5, withGas: 6 } as const;

/** A child of a composite, as ethers takes the struct. */
export type Child = readonly [condition: string, context: string];

/** abi.encode of values by their Solidity types. */
export function abiEncode(types: readonly string[], values: readonly unknown[]): string {
  return ethers.AbiCoder.defaultAbiCoder().encode(types, values);
}

/** The context of AllOf and AnyOf. */
export function childrenContext(children: readonly Child[]): string {
  return abiEncode(["(address,bytes)[]"], [children]);
}

/** The context of Not. */
export function childContext(child: Child): string {
  return abiEncode(["(address,bytes)"], [child]);
}

/** The context of `HostileCondition__Mock`. */
export function hostile(mode: keyof typeof MODES, number = 0n): string {
  return abiEncode(["uint8", "uint256"], [MODES[mode], number]);
}
