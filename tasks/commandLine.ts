import { extendConfig } from "hardhat/config";
import { HardhatContext } from "hardhat/internal/context";

import { actions } from "./support/actions";
import { mistakeIn } from "./support/commandLine";

/** The first moment at which all tasks and networks are known; Hardhat reads the command line right after it. */
extendConfig(({ networks }) => {
  const isCommand = require.main?.filename === require.resolve("hardhat/internal/cli/bootstrap");
  if (!isCommand) return;
  const words = process.argv.slice(2);
  const { tasksDSL } = HardhatContext.getHardhatContext();
  const [tasks, scopes] = [tasksDSL.getTaskDefinitions(), tasksDSL.getScopesDefinitions()];
  const mistake = mistakeIn(words, { tasks, scopes, networks: Object.keys(networks) }, process.env);
  if (!mistake) return;
  const error = actions.session().usage(mistake.message, mistake.fix);
  const { exitCode, stdout, stderr } = actions.failure().reportFailure(error, { json: words.includes("--json") });
  process.stdout.write(stdout);
  process.stderr.write(stderr);
  process.exit(exitCode);
});
