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
  description: "Ends a policy at once, or takes out one node; its payer gets the fee for the time not served back",
  params: {
    id: "The policy's id (0x and 64 hex digits)",
    node: "Name of a key, or an address, of the node to take out alone",
    consent: "File with the owner's consent, from policy:consent --revoke: then anybody sends it",
  },
  writes: true,
  load: () => actions.policy().revokePolicy,
});

defineTask({
  name: "policy:create",
  description: "Shares a path with a reader through nodes drawn by stake",
  params: {
    reader: "Name of a key, or an address, whose keys are published",
    path: "What is shared, for example file://docs/plan.txt",
    time: "For how many seconds",
    maxTime: "Up to how many seconds it may be renewed (default: --time)",
    m: "How many nodes' answers open the data (default 2)",
    n: "How many nodes serve (default 3)",
    when: "A condition, for example: all(between(2026-12-01T00:00:00Z, forever), holds(NKMS, reader, 5))",
    notBefore: "Unix second before which nothing is served (default: now)",
    nodes: "Nodes of your own choice by name or address, with commas between, instead of a draw",
    payer: "owner (default), readers, who then pay per read, or the name of a sponsor's key",
    maxReadPrice: "NKMS per node and read beyond which a node is passed over where readers pay (default 0.01)",
    bounty: "NKMS per node that you put up for whoever proves a leak, and get back otherwise (default: none)",
    maxPerDay: "NKMS per node and day beyond which a node is passed over (default 10)",
  },
  writes: true,
  load: () => actions.sharing().createPolicy,
});

defineTask({
  name: "policy:renew",
  description: "Prolongs a policy at its rate; sent by its owner or its sponsor",
  params: {
    id: "The policy's id (0x and 64 hex digits)",
    time: "How many seconds longer",
    consent: "With a sponsor: file with the other party's consent, from policy:consent",
  },
  flags: { anyway: "Although nodes are suspended, or their stake is not locked until the new end" },
  writes: true,
  load: () => actions.renewal().renewPolicy,
});

defineTask({
  name: "policy:consent",
  description:
    "Agrees to a renewal that the other party sends, as its sponsor, who then pays, or as its owner; or to a revocation that anybody sends",
  params: {
    id: "The policy's id (0x and 64 hex digits)",
    time: "How many seconds longer; not with --revoke",
    valid: "For how many seconds the consent counts (default 86400)",
    out: "File to write the consent to, instead of showing it",
  },
  flags: {
    revoke: "To the end of the policy, as its owner, instead of a renewal",
    anyway: "Although nodes are suspended, or their stake is not locked until the new end",
  },
  writes: true,
  load: () => actions.renewal().consent,
});

defineTask({
  name: "policy:claim",
  description:
    "Pays a node what it has served, and when all is over frees its collateral; or returns the bounties to the owner",
  params: {
    id: "The policy's id (0x and 64 hex digits), or several with commas between",
    of: "Name of a key, or an address, of the node (default: --from)",
  },
  flags: { bounty: "Return the bounties instead, when no leak can be proven any more" },
  writes: true,
  load: () => actions.claim().claimPolicy,
});
