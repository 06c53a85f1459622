import { actions } from "./support/actions";
import { defineTask } from "./support/define";

defineTask({
  name: "policy:list",
  description: "Lists policies by owner or reader",
  params: { owner: "Name of a key, or an address", reader: "Name of a key, or an address" },
  flags: { active: "Only those that are served now" },
  load: () => actions.policy().listPolicies,
});

defineTask({
  name: "policy:show",
  description: "Prints all that the chain knows of a policy",
  params: { id: "The policy's id (0x and 64 hex digits)" },
  load: () => actions.policy().showPolicy,
});

defineTask({
  name: "policy:revoke",
  description: "Ends a policy at once; its payer gets the fee for the time not served back",
  params: { id: "The policy's id (0x and 64 hex digits)" },
  writes: true,
  load: () => actions.policy().revokePolicy,
});
