/** Chains that are treated by name. */

/** What `hardhat node` and anvil are: a chain on this machine, whose money and time are nobody's. */
export const LOCAL_CHAIN_ID = 31337;
/** Ethereum's test network. */
export const SEPOLIA_CHAIN_ID = 11155111;
