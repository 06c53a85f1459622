import { parseAmount } from "../src/protocol/amount";
import { defineTask } from "./support/define";
import { propose } from "./support/propose";
import { amount, nkms, rows } from "./support/show";
import { formatAmount } from "../src/protocol/amount";

defineTask({
  name: "token:balance",
  description: "Prints how much NKMS and ether an account has",
  params: { of: "Name of a key, or an address" },
  async run(session) {
    const account = await session.subject();
    const chain = await session.connect();
    const [tokens, ether] = await Promise.all([chain.nkmsToken.balanceOf(account), chain.etherOf(account)]);
    return {
      result: { account, nkms: formatAmount(tokens), ether: formatAmount(ether) },
      text: rows([
        ["account", account],
        ["tokens", nkms(tokens)],
        ["gas", `${amount(ether)} ETH`],
      ]),
    };
  },
});

defineTask({
  name: "token:transfer",
  description: "Sends NKMS to an account",
  params: { to: "Name of a key, or an address", amount: "Whole tokens (1.5), base units (15wei) or max" },
  writes: true,
  async run(session) {
    const to = await session.account(session.required("to"));
    const text = session.required("amount");
    const parsed = text === "max" ? undefined : parseAmount(text);
    const { chain, identity } = await session.connectAs();
    const from = identity.account.address;
    const sum = parsed ?? (await chain.nkmsToken.balanceOf(from));
    return propose(session, chain, {
      title: "Transfer",
      rows: [
        ["from", from],
        ["to", to],
        ["amount", nkms(sum)],
      ],
      result: { from, to, amount: formatAmount(sum) },
      steps: [{ title: "transfer", call: () => chain.nkmsToken.transfer(to, sum) }],
    });
  },
});
