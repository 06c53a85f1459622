import { actions } from "./support/actions";
import { defineTask } from "./support/define";

defineTask({
  name: "condition:check",
  description: "Asks a condition as nodes do, at the newest block: a policy's, or one that is typed",
  params: {
    id: "The policy whose condition is meant (0x and 64 hex digits)",
    when: "A condition, for example: all(between(2026-12-01T00:00:00Z, forever), holds(NKMS, reader, 5))",
    reader: "With --when: name of a key, or an address, that would read",
  },
  load: () => actions.condition().checkCondition,
});
