import type { Chain } from "../src/chain/connection";
import { NkmsError } from "../src/errors";
import { formatAmount, parseAmount } from "../src/protocol/amount";
import { defineTask } from "./support/define";
import { propose, type Step } from "./support/propose";
import type { Session } from "./support/session";
import { amount, nkms } from "./support/show";

const LOCAL_CHAIN = 31337;
const SEPOLIA = 11155111;

defineTask({
  name: "faucet",
  description: "Gives an account NKMS, and ether for gas, from the deployer's or a funder's own; test networks only",
  params: {
    to: "Name of a key, or an address",
    amount: "Whole tokens (default 100000)",
    ether: "Ether for gas (default 1 on a local chain, else 0)",
    index: "On a local chain without --from: which unlocked account pays (default 0, the deployer)",
  },
  writes: true,
  async run(session) {
    const to = await session.account(session.required("to"));
    const tokens = parseAmount(session.optional("amount") ?? "100000");
    const chain = await funder(session);
    refuseElsewhere(chain);
    const ether = parseAmount(session.optional("ether") ?? (chain.chainId === LOCAL_CHAIN ? "1" : "0"));
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
  },
});

async function funder(session: Session): Promise<Chain> {
  if (session.optional("from")) return (await session.connectAs()).chain;
  return session.connect(await session.unlocked(session.wholeNumber("index", 0, 0)));
}

/** Real tokens are not given away by mistake. */
function refuseElsewhere({ chainId }: Chain): void {
  if (chainId === LOCAL_CHAIN || chainId === SEPOLIA) return;
  throw new NkmsError("E_NETWORK_NOT_ALLOWED", `The faucet does not run on chain ${chainId}.`, {
    why: "It gives tokens away, which is meant for local chains (31337) and sepolia (11155111). Nothing was sent.",
    fix: "Use token:transfer.",
    data: { chainId, allowed: [LOCAL_CHAIN, SEPOLIA] },
  });
}
