import { actions } from "./support/actions";
import { defineTask } from "./support/define";

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
  load: () => actions.faucet().fund,
});
