import { actions } from "./support/actions";
import { defineTask } from "./support/define";

const ID = "Number of the position (default 0)";

defineTask({
  name: "stake:create",
  description: "Locks NKMS in a new position, which earns and can be drawn from the next period on",
  params: { amount: "Whole tokens (45000), base units (15000wei) or max", lock: "Lock in periods (30p)" },
  writes: true,
  load: () => actions.stake().createStake,
});

defineTask({
  name: "stake:increase",
  description: "Adds NKMS to a position, with its lock",
  params: { id: ID, amount: "Whole tokens (5000), base units (15wei) or max" },
  writes: true,
  load: () => actions.stake().increaseStake,
});

defineTask({
  name: "stake:prolong",
  description: "Makes the lock of a position longer",
  params: { id: ID, lock: "New lock in periods (60p), more than now" },
  writes: true,
  load: () => actions.positions().prolong,
});

defineTask({
  name: "stake:divide",
  description: "Splits an amount off a position, into a new one with the same lock and end",
  params: { id: ID, amount: "What the new position gets; both hold at least the minimum" },
  writes: true,
  load: () => actions.positions().divide,
});

defineTask({
  name: "stake:merge",
  description: "Joins two positions; the later end and the longer lock stay",
  params: { id: "Number of the position that stays", with: "Number of the position that is joined to it" },
  writes: true,
  load: () => actions.positions().merge,
});

defineTask({
  name: "stake:winddown",
  description: "Fixes the end of a position; with --off it locks itself anew again",
  params: { id: ID },
  flags: { off: "Stop winding down" },
  writes: true,
  load: () => actions.positions().windDown,
});

defineTask({
  name: "stake:withdraw",
  description: "Pays out positions whose lock and unbonding time are over",
  params: { id: "Number of one position (default: all that can be withdrawn)" },
  writes: true,
  load: () => actions.positions().withdraw,
});

defineTask({
  name: "stake:list",
  description: "Lists the positions of a staker",
  params: { of: "Name of a key, or an address" },
  load: () => actions.stakeViews().listPositions,
});

defineTask({
  name: "stake:simulate",
  description: "Forecasts what a stake would mine by eq 30 to 32, as a table and a curve",
  params: {
    amount: "Whole tokens (45000) or base units (15000wei)",
    lock: "Lock in periods (30p)",
    periods: "How far to look ahead (default 360)",
    total: "All tokens locked, this stake included (default: what is locked now, and this stake)",
  },
  load: () => actions.stakeViews().simulate,
});
