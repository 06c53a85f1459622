import { formatAmount, parsePositiveAmount } from "../../src/protocol/amount";
import type { Outcome } from "../support/run";
import type { Session } from "../support/session";
import { propose } from "../support/propose";
import { amount, nkms, rows } from "../support/show";

/** Prints how much NKMS and ether an account has. */
export async function showBalance(session: Session): Promise<Outcome> {
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
}

/** Sends NKMS to an account. */
export async function transfer(session: Session): Promise<Outcome> {
  const to = await session.account(session.required("to"));
  const text = session.required("amount");
  const parsed = text === "max" ? undefined : parsePositiveAmount(text);
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
}
