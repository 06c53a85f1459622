import {
  TASK_COMPILE_SOLIDITY_GET_SOLC_BUILD,
  TASK_COMPILE_SOLIDITY_LOG_COMPILATION_ERRORS,
} from "hardhat/builtin-tasks/task-names";
import { subtask } from "hardhat/config";

interface SolcError {
  severity: string;
  sourceLocation?: { file: string };
}

/** Takes the compiler from the lock file, so that nothing is downloaded after `npm ci`. */
subtask(TASK_COMPILE_SOLIDITY_GET_SOLC_BUILD).setAction(async ({ solcVersion }: { solcVersion: string }) => {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- loaded only when something is compiled
  const solc = require("solc") as { version(): string };
  const longVersion = solc.version().replace(/\.Emscripten\.clang$/, "");
  if (longVersion.split("+")[0] !== solcVersion) {
    throw new Error(`hardhat.config.ts wants solc ${solcVersion}, the lock file has ${longVersion}`);
  }
  return { version: solcVersion, longVersion, compilerPath: require.resolve("solc/soljson.js"), isSolcJs: true };
});

/** Warnings of dependencies are not ours to mend; errors and our own warnings are all shown. */
subtask(TASK_COMPILE_SOLIDITY_LOG_COMPILATION_ERRORS).setAction(async ({ output, quiet }, _hre, runSuper) => {
  const errors = ((output.errors ?? []) as SolcError[]).filter(
    (error) =>
      error.severity === "error" || !error.sourceLocation || error.sourceLocation.file.startsWith("contracts/"),
  );
  return runSuper({ quiet, output: { ...output, errors } });
});
