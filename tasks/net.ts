import { actions } from "./support/actions";
import { defineTask } from "./support/define";

defineTask({
  name: "net:status",
  description: "Prints supply, stake and nodes of the network",
  load: () => actions.net().showStatus,
});

defineTask({
  name: "net:nodes",
  description: "Lists all registered nodes, the highest stake first",
  load: () => actions.net().showNodes,
});

defineTask({
  name: "net:advance",
  description: "Brings the escrow up to the present period, after a long time in which nobody staked or claimed",
  writes: true,
  load: () => actions.net().advance,
});

defineTask({
  name: "net:sample",
  description: "Draws nodes by stake, as sharing does, and shows the draws on the stake line",
  params: {
    count: "How many nodes (default 3)",
    time: "Seconds for which their stake must stay locked (default 0)",
    seed: "Any text, for the same draws again",
  },
  load: () => actions.net().sample,
});
