import { actions } from "./support/actions";
import { defineTask } from "./support/define";

defineTask({
  name: "token:balance",
  description: "Prints how much NKMS and ether an account has",
  params: { of: "Name of a key, or an address" },
  load: () => actions.token().showBalance,
});

defineTask({
  name: "token:transfer",
  description: "Sends NKMS to an account",
  params: { to: "Name of a key, or an address", amount: "Whole tokens (1.5), base units (15wei) or max" },
  writes: true,
  load: () => actions.token().transfer,
});
