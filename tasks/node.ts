import { actions } from "./support/actions";
import { defineTask } from "./support/define";

defineTask({
  name: "node:register",
  description: "Publishes a node's URL, keys and terms and bonds its worker; again, it changes what differs",
  params: {
    worker: "Name of the key file that the node will run with, if that is not the staker's",
    url: "Where clients reach it: https, or http for loopback",
    fee: "NKMS it asks per policy and day (default 1)",
    capacity: "How many fractions it holds at most (default 10000)",
    minDuration: "Shortest policy in seconds (default 0)",
    maxDuration: "Longest policy in seconds (default: as long as the deployment allows)",
  },
  writes: true,
  load: () => actions.node().registerNode,
});

defineTask({
  name: "node:run",
  description: "Runs the node of a key until it is stopped; its log goes to stderr",
  params: {
    from: "Name of the key file of the node",
    staker: "Whose node it is, by name or address, if the key file is not the staker's",
    host: "Where to listen (default 127.0.0.1)",
    port: "Port; 0 takes a free one (default 7151)",
    data: "Folder of the node's store (default in NKMS_HOME)",
    readPrice: "NKMS per read where readers pay (default: such policies are not taken)",
  },
  load: () => actions.node().runNodeTask,
});

defineTask({
  name: "node:status",
  description: "Prints what chain and node say about a node",
  params: { of: "Name of a key, or an address" },
  load: () => actions.node().showNode,
});

defineTask({
  name: "node:fee",
  description: "Changes what a node asks and takes, for policies made from then on",
  params: {
    fee: "NKMS it asks per policy and day (default: as it is)",
    capacity: "How many fractions it holds at most (default: as it is)",
    minDuration: "Shortest policy in seconds (default: as it is)",
    maxDuration: "Longest policy in seconds (default: as it is)",
  },
  writes: true,
  load: () => actions.node().changeTerms,
});

defineTask({
  name: "node:reactivate",
  description: "Ends the suspension of a node when its wait is over; it takes part again from the next period on",
  writes: true,
  load: () => actions.suspension().reactivate,
});
