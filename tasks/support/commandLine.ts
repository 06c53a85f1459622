/** Finds the mistakes in what was typed before Hardhat does: its own reports come with a stack trace and exit code 1. */
import { ArgumentsParser } from "hardhat/internal/cli/ArgumentsParser";
import { HardhatError } from "hardhat/internal/core/errors";
import { ERRORS } from "hardhat/internal/core/errors-list";
import { getEnvHardhatArguments } from "hardhat/internal/core/params/env-variables";
import { HARDHAT_PARAM_DEFINITIONS } from "hardhat/internal/core/params/hardhat-params";
import type { ScopesMap, TasksMap } from "hardhat/types";

import { taskDefinitions } from "./define";
import { nearest } from "./nearest";

/** What may stand on a command line. */
export interface KnownWords {
  readonly tasks: TasksMap;
  readonly scopes: ScopesMap;
  readonly networks: readonly string[];
}

/** What is wrong, and what to do about it. */
export interface Mistake {
  readonly message: string;
  readonly fix: string;
}

const { ARGUMENTS } = ERRORS;
const parser = new ArgumentsParser();

/** The first mistake in the words after `hardhat`; undefined if there is none, or the task is not one of ours. */
export function mistakeIn(
  words: readonly string[],
  known: KnownWords,
  environment: NodeJS.ProcessEnv = {},
): Mistake | undefined {
  const defaults = getEnvHardhatArguments(HARDHAT_PARAM_DEFINITIONS, environment);
  const { hardhatArguments, allUnparsedCLAs } = parser.parseHardhatArguments(HARDHAT_PARAM_DEFINITIONS, defaults, [
    ...words,
  ]);
  const [task = "help", ...rest] = allUnparsedCLAs;
  if (task in known.scopes) return undefined;
  if (!(task in known.tasks)) return unknownTask(task, known.tasks);
  if (!isOurs(task) || hardhatArguments.help) return undefined;
  return wrongOption(task, rest, known.tasks) ?? unknownNetwork(hardhatArguments.network, known.networks);
}

function isOurs(task: string): boolean {
  return taskDefinitions().some(({ name }) => name === task);
}

function unknownTask(task: string, tasks: TasksMap): Mistake {
  const names = Object.keys(tasks).filter((name) => !tasks[name].isSubtask);
  return mistake(`There is no task ${task}.`, nearest(task, names), "npx hardhat help lists the tasks.");
}

function wrongOption(task: string, words: readonly string[], tasks: TasksMap): Mistake | undefined {
  const options = Object.keys(tasks[task].paramDefinitions).map((name) => ArgumentsParser.paramNameToCLA(name));
  const list = `npx hardhat help ${task} lists the options.`;
  try {
    const values = parser.parseTaskArguments(tasks[task], [...words]) as Record<string, unknown>;
    // Hardhat takes whatever follows an option for its value: --from --yes
    const swallowed = Object.values(values).find((value): value is string => /^--/.test(String(value)));
    return swallowed === undefined
      ? undefined
      : mistake(`The option before ${swallowed} has no value.`, undefined, list);
  } catch (error) {
    const { param } = (error as HardhatError).messageArguments as { param?: string };
    return mistake(
      sentence(error, task),
      param && !options.includes(param) ? nearest(param, options) : undefined,
      list,
    );
  }
}

function sentence(error: unknown, task: string): string {
  if (!HardhatError.isHardhatError(error)) throw error;
  const { param, argument } = error.messageArguments as Record<string, string>;
  const sentences: Record<number, string> = {
    [ARGUMENTS.UNRECOGNIZED_PARAM_NAME.number]: `${task} has no option ${param}.`,
    [ARGUMENTS.MISSING_TASK_ARGUMENT.number]: `${param} has no value.`,
    [ARGUMENTS.REPEATED_PARAM.number]: `${param} is given twice.`,
    [ARGUMENTS.UNRECOGNIZED_POSITIONAL_ARG.number]: `"${argument}" belongs to no option.`,
  };
  return sentences[error.number] ?? error.message;
}

function unknownNetwork(name: string | undefined, networks: readonly string[]): Mistake | undefined {
  if (name === undefined || networks.includes(name)) return undefined;
  return mistake(`There is no network ${name}.`, nearest(name, networks), `The networks are ${networks.join(", ")}.`);
}

function mistake(message: string, meant: string | undefined, advice: string): Mistake {
  return { message, fix: meant === undefined ? advice : `Did you mean ${meant}? ${advice}` };
}
