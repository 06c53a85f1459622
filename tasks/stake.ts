import { actions } from "./support/actions";
import { defineTask } from "./support/define";

defineTask({
  name: "stake:create",
  description: "Locks NKMS in a new position, which earns and can be drawn from the next period on",
  params: { amount: "Whole tokens (45000), base units (15000wei) or max", lock: "Lock in periods (30p)" },
  writes: true,
  load: () => actions.stake().createStake,
});

defineTask({
  name: "stake:winddown",
  description: "Fixes the end of a position; with --off it locks itself anew again",
  params: { id: "Number of the position (default 0)" },
  flags: { off: "Stop winding down" },
  writes: true,
  load: () => actions.stake().windDown,
});

defineTask({
  name: "stake:withdraw",
  description: "Pays out positions whose lock and unbonding time are over",
  params: { id: "Number of one position (default: all that can be withdrawn)" },
  writes: true,
  load: () => actions.stake().withdraw,
});

defineTask({
  name: "stake:list",
  description: "Lists the positions of a staker",
  params: { of: "Name of a key, or an address" },
  load: () => actions.stake().listPositions,
});
