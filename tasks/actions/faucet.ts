import type { Chain } from "../../src/chain/connection";
import { LOCAL_CHAIN_ID, SEPOLIA_CHAIN_ID } from "../../src/chain/networks";
import { NkmsError } from "../../src/errors";
import { formatAmount, parseAmount, parsePositiveAmount } from "../../src/protocol/amount";
import type { Outcome } from "../support/run";
import { propose, type Step } from "../support/propose";
import type { Session } from "../support/session";
import { amount, nkms } from "../support/show";

/** Gives an account NKMS, and ether for gas, from the deployer's or a funder's own; test networks only. */
export async function fund(session: Session): Promise<Outcome> {
  const to = await session.account(session.required("to"));
  const tokens = parsePositiveAmount(session.optional("amount") ?? "100000");
  const chain = await funder(session);
  refuseElsewhere(chain);
  const ether = parseAmount(session.optional("ether") ?? (chain.chainId === LOCAL_CHAIN_ID ? "1" : "0"));
  const steps: Step[] = [{ title: "tokens", call: () => chain.nkmsToken.transfer(to, tokens) }];
  if (ether > 0n) steps.push({ title: "ether", call: () => chain.sendEther(to, ether) });
  return propose(session, chain, {
    title: "Faucet",
    rows: [
      ["to", to],
      ["tokens", nkms(tokens)],
      ["ether", `${amount(ether)} ETH`],
    ],
    result: { to, amount: formatAmount(tokens), ether: formatAmount(ether) },
    steps,
    next: "npx hardhat node:register, or use the tokens as you like",
  });
}

async function funder(session: Session): Promise<Chain> {
  if (session.optional("from")) return (await session.connectAs()).chain;
  return session.connect(await session.unlocked(session.wholeNumber("index", 0, 0)));
}

/** Real tokens are not given away by mistake. */
function refuseElsewhere({ chainId }: Chain): void {
  if (chainId === LOCAL_CHAIN_ID || chainId === SEPOLIA_CHAIN_ID) return;
  throw new NkmsError("E_NETWORK_NOT_ALLOWED", `The faucet does not run on chain ${chainId}.`, {
    why: "It gives tokens away, which is meant for local chains (31337) and sepolia (11155111). Nothing was sent.",
    fix: "Use token:transfer.",
    data: { chainId, allowed: [LOCAL_CHAIN_ID, SEPOLIA_CHAIN_ID] },
  });
}
