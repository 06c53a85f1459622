/** What the demo can be asked for on the command line. */
import { parseArgs } from "node:util";

import { NkmsError } from "../../src/errors";

export interface DemoOptions {
  /** Decides the keys, the stakes and the draws: the same seed tells the same story. */
  seed: number;
  nodes: number;
  json: boolean;
}

const MIN_NODES = 3;
const MAX_NODES = 32;

export const USAGE = "npm run demo -- [--seed 7] [--nodes 9] [--json]";

/** Reads `--seed`, `--nodes` and `--json`; undefined if `--help` was asked for. Throws E_USAGE. */
export function readOptions(args: string[]): DemoOptions | undefined {
  const values = parse(args);
  if (values.help) return undefined;
  return {
    seed: whole("--seed", values.seed, 0, 2 ** 32 - 1),
    nodes: whole("--nodes", values.nodes, MIN_NODES, MAX_NODES),
    json: values.json,
  };
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        seed: { type: "string", default: "7" },
        nodes: { type: "string", default: "9" },
        json: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    }).values;
  } catch (cause) {
    throw usage(cause instanceof Error ? cause.message : "The options cannot be read.", {});
  }
}

function whole(name: string, text: string, minimum: number, maximum: number): number {
  const value = /^\d{1,10}$/.test(text) ? Number(text) : NaN;
  if (value >= minimum && value <= maximum) return value;
  throw usage(`${name} takes a whole number from ${minimum} to ${maximum}.`, {
    option: name,
    got: text,
    minimum,
    maximum,
  });
}

function usage(message: string, data: Record<string, unknown>): NkmsError {
  return new NkmsError("E_USAGE", message, {
    fix: USAGE,
    data,
  });
}
