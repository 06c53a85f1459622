/** How a node process is set up: one JSON file. A field that is unknown, missing or of another kind is refused by name. */
import { readFile } from "node:fs/promises";

import { NkmsError } from "../errors";
import type { Address } from "../protocol/abi";
import { address, flag, list, optional, record, text, type Codec } from "../protocol/codec";
import { parseJson } from "../protocol/strictJson";
import type { Following } from "./chainHead";
import type { LogLevel } from "./log";

export interface NodeConfig {
  /** JSON-RPC server; `NKMS_RPC_URL` wins, so that a URL with an API key need not be in the file. */
  readonly rpcUrl?: string;
  /** Refuse any other chain. */
  readonly expectedChainId?: number;
  /** Name of the key file in NKMS_HOME/keys; every key of the node comes from its seed. */
  readonly identity: string;
  /** Instead of NKMS_HOME. */
  readonly home?: string;
  /** The node's id, if its staker is another account than the identity's. */
  readonly staker?: Address;
  /** 127.0.0.1 by default: TLS belongs to the reverse proxy in front. */
  readonly host?: string;
  /** 7151 by default; 0 takes a free one. */
  readonly port?: number;
  /** The store; NKMS_HOME/nodes/<chain id>/<staker> by default. */
  readonly directory?: string;
  readonly logLevel?: LogLevel;
  /** Addresses of reverse proxies whose X-Forwarded-For is believed. */
  readonly trustedProxies?: readonly string[];
  readonly acceptConditions?: boolean;
  /** NKMS per read under policies whose readers pay, as text: "0.001". */
  readonly readPrice?: string;
  /** When the node redeems readers' vouchers, from its worker's account, which needs some ether. */
  readonly redeeming?: { readonly everySeconds?: number; readonly atLeast?: string };
  /** Replaces single values of what suits the chain (`PUBLIC_CHAIN`, `LOCAL_CHAIN`). */
  readonly following?: Partial<Following>;
}

const SHORT_TEXT = text(/^[^\u0000-\u001f]+$/, 4_096, "a text");
const AMOUNT = text(/^\d+(?:\.\d{1,18})?$/, 40, "an amount of NKMS");
const IP = text(/^[0-9A-Fa-f.:]+$/, 45, "an IP address");
const MAX_MS = 3_600_000;

const following: Codec<Partial<Following>> = record<Partial<Following>>({
  depth: optional(whole(0, 10_000)),
  deletionDepth: optional(whole(0, 10_000)),
  pollMs: optional(whole(10, MAX_MS)),
  headReuseMs: optional(whole(0, MAX_MS)),
  maxSilenceMs: optional(whole(10, MAX_MS)),
  maxHeadAgeSeconds: optional(whole(1, 86_400)),
  callTimeoutMs: optional(whole(10, MAX_MS)),
});

const nodeConfig: Codec<NodeConfig> = record<NodeConfig>({
  rpcUrl: optional(SHORT_TEXT),
  expectedChainId: optional(whole(1, Number.MAX_SAFE_INTEGER)),
  identity: SHORT_TEXT,
  home: optional(SHORT_TEXT),
  staker: optional(anyAddress()),
  host: optional(SHORT_TEXT),
  port: optional(whole(0, 65_535)),
  directory: optional(SHORT_TEXT),
  logLevel: optional(text(/^(?:error|warn|info|debug)$/, 5, "error, warn, info or debug") as Codec<LogLevel>),
  trustedProxies: optional(list(IP, 16)),
  acceptConditions: optional(flag),
  readPrice: optional(AMOUNT),
  redeeming: optional(
    record<{ everySeconds?: number; atLeast?: string }>({
      everySeconds: optional(whole(1, 21_600)),
      atLeast: optional(AMOUNT),
    }),
  ),
  following: optional(following),
});

/** Reads a configuration file. Throws E_BAD_CONFIG {file, place}. */
export async function readConfig(file: string): Promise<NodeConfig> {
  try {
    return nodeConfig.read(parseJson(await readFile(file, "utf8")), "config");
  } catch (cause) {
    throw badConfig(file, cause);
  }
}

/** A whole JSON number in a range, both ends included. */
function whole(min: number, max: number): Codec<number> {
  const expected = `a whole number from ${min} to ${max}`;
  return {
    read(value, place) {
      const isWhole = typeof value === "number" && Number.isInteger(value) && value >= min && value <= max;
      if (isWhole) return value;
      throw new NkmsError("E_SCHEMA", `The field ${place} is wrong.`, {
        why: `It must be ${expected}.`,
        data: { place },
      });
    },
    write: (value) => value,
  };
}

/** An address as people paste it, checksummed or not. */
function anyAddress(): Codec<Address> {
  return {
    read: (value, place) => address.read(typeof value === "string" ? value.toLowerCase() : value, place),
    write: (value) => address.write(value),
  };
}

function badConfig(file: string, cause: unknown): NkmsError {
  const { message, why, data } = cause instanceof NkmsError ? cause : { message: undefined, why: undefined, data: {} };
  return new NkmsError("E_BAD_CONFIG", `The configuration ${file} cannot be used.`, {
    why: message ? [message, why].filter(Boolean).join(" ") : "The file cannot be read.",
    fix: "Correct the file; src/node/config.ts lists its fields.",
    data: { file, ...data },
    cause,
  });
}
