import { actions } from "./support/actions";
import { defineTask } from "./support/define";

defineTask({
  name: "deploy",
  description: "Deploys all contracts, or goes on where an earlier run stopped, and writes their addresses down",
  params: {
    from: "Name of the key file that deploys; without it, on a local chain, the unlocked account --index",
    index: "Which unlocked account of a local chain (default 0)",
    parameters: "reference, local, or a JSON file (default: local on a local chain, else reference)",
    out: "Folder for journal and addresses (default deploy)",
  },
  flags: { fresh: "Forget what an earlier run began" },
  load: () => actions.deploy().deploy,
});
