/** Declares a task. What it does is loaded when it runs, so that declaring costs other commands nothing. */
import { task, types } from "hardhat/config";

import { actions } from "./actions";
import type { Action } from "./run";
import type { Arguments } from "./session";

/** A task's name, help, and parameters by name in camel case; all are optional to Hardhat and checked by us (exit code 2). */
export interface TaskDefinition {
  name: string;
  description: string;
  params?: Record<string, string>;
  flags?: Record<string, string>;
  /** Adds what every transaction takes: --from, --yes, --dry-run, --max-fee. */
  writes?: boolean;
  load(): Action;
}

const WRITE_PARAMS = { from: "Name of the key file that sends", maxFee: "Highest price of gas, in gwei" };
const WRITE_FLAGS = { yes: "Send without asking", dryRun: "Show what would be sent, send nothing" };

const definitions = new Map<string, TaskDefinition>();

/** Makes a task known to Hardhat. */
export function defineTask(definition: TaskDefinition): void {
  const { name, description, writes } = definition;
  definitions.set(name, definition);
  const declared = task(name, description);
  const params = { ...definition.params, ...(writes ? WRITE_PARAMS : {}) };
  const flags = { ...definition.flags, ...(writes ? WRITE_FLAGS : {}), json: "Print one JSON value and nothing else" };
  for (const [param, help] of Object.entries(params)) declared.addOptionalParam(param, help, undefined, types.string);
  for (const [flag, help] of Object.entries(flags)) declared.addFlag(flag, help);
  declared.setAction((args: Arguments, hre) => actions.run().runOnProcess(definition.load(), args, hre));
}

/** All declared tasks. */
export function taskDefinitions(): TaskDefinition[] {
  return [...definitions.values()];
}

/** What a declared task does. */
export function actionOf(name: string): Action {
  return definitions.get(name)!.load();
}
