import {
  TASK_COMPILE_SOLIDITY_GET_SOLC_BUILD,
  TASK_COMPILE_SOLIDITY_LOG_COMPILATION_ERRORS,
  TASK_COMPILE_SOLIDITY_LOG_COMPILATION_RESULT,
} from "hardhat/builtin-tasks/task-names";
import { subtask } from "hardhat/config";
import type { CompilerOutput, SolcBuild } from "hardhat/types";

import { NkmsError } from "../src/errors";

interface SolcError {
  severity: string;
  sourceLocation?: { file: string };
}

/** Takes the compiler from the lock file, so that nothing is downloaded after `npm ci`. */
subtask(TASK_COMPILE_SOLIDITY_GET_SOLC_BUILD).setAction(
  ({ solcVersion }: { solcVersion: string }): Promise<SolcBuild> => {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- loaded only when something is compiled
    const solc = require("solc") as { version(): string };
    const longVersion = solc.version().replace(/\.Emscripten\.clang$/, "");
    const installed = longVersion.split("+")[0];
    if (installed !== solcVersion) {
      throw new NkmsError(
        "E_COMPILER",
        `hardhat.config.ts wants solc ${solcVersion}, the lock file has ${installed}.`,
        {
          fix: "Make the two versions equal.",
          data: { got: installed, expected: solcVersion },
        },
      );
    }
    const compilerPath = require.resolve("solc/soljson.js");
    return Promise.resolve({ version: solcVersion, longVersion, compilerPath, isSolcJs: true });
  },
);

/** Warnings of dependencies are not ours to mend; errors and our own warnings are all shown. */
subtask(TASK_COMPILE_SOLIDITY_LOG_COMPILATION_ERRORS).setAction(
  async ({ output, quiet }: { output: CompilerOutput & { errors?: SolcError[] }; quiet: boolean }, _hre, runSuper) => {
    const errors = (output.errors ?? []).filter(
      ({ severity, sourceLocation }) =>
        severity === "error" || !sourceLocation || sourceLocation.file.startsWith("contracts/"),
    );
    await runSuper({ quiet, output: { ...output, errors } });
  },
);

/** Hardhat prints this line even when it is told to be quiet; stdout may belong to a task's result. */
subtask(TASK_COMPILE_SOLIDITY_LOG_COMPILATION_RESULT).setAction(async (args: { quiet: boolean }, _hre, runSuper) => {
  if (!args.quiet) await runSuper(args);
});
