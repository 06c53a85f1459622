import { actions } from "./support/actions";
import { defineTask } from "./support/define";

defineTask({
  name: "rewards:show",
  description: "Prints what a node has earned and not claimed: mined rewards and policy fees",
  params: { of: "Name of a key, or an address" },
  load: () => actions.rewards().showRewards,
});

defineTask({
  name: "rewards:claim",
  description: "Claims mined rewards and policy fees, and frees the collateral of policies that are over for good",
  params: { restake: "Number of the position to put mined rewards into, instead of paying them out" },
  writes: true,
  load: () => actions.rewards().claimRewards,
});
