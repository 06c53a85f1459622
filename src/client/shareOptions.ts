/** What a share may choose, and its bounds. */
import type { PolicyParameters } from "../chain/policyManager";
import { refusal } from "../chain/refusals";
import { NkmsError } from "../errors";
import type { Address } from "../protocol/abi";
import type { When } from "../protocol/condition";
import type { Sponsor } from "./sponsor";
import { MAX_NODES } from "../protocol/policy";

export interface ShareOptions {
  /** For how many seconds. */
  readonly time: number;
  /** How many nodes' answers open the data (the paper's m); default 2, or 1 where there is only one node. */
  readonly m?: number;
  /** How many nodes serve (the paper's n), 1 to 32; default 3. */
  readonly n?: number;
  /** Nodes of the owner's own choice, by staker address, instead of a draw. Then `n` is their number. */
  readonly nodes?: readonly Address[];
  /** Up to how many seconds from the start the policy may be renewed, for which its nodes must be locked; default `time`. */
  readonly maxTime?: number;
  /** Unix second before which nothing is served; default now. */
  readonly notBefore?: number;
  /** What must hold on chain when the recipient reads, besides the time; see src/protocol/condition.ts. Default: nothing. */
  readonly when?: When;
  /**
   * Who pays the nodes: the owner by default; `readers`, per read, by vouchers; or a sponsor, who consents when the nodes are found
   * ({@link Sponsor}).
   */
  readonly payer?: "owner" | "readers" | Sponsor;
  /** NKMS wei per read beyond which a node is passed over where readers pay; default {@link DEFAULT_MAX_READ_PRICE}. */
  readonly maxReadPrice?: bigint;
  /** NKMS wei per node and second beyond which a node is passed over; default {@link DEFAULT_MAX_FEE_RATE}. */
  readonly maxFeeRate?: bigint;
  /**
   * NKMS wei per node that the owner puts up for whoever proves that it leaked its fraction, and gets back otherwise by `returnBounty`: none by default,
   * or from a tenth of the nodes' collateral up to less than it.
   */
  readonly bounty?: bigint;
  /** False: use the allowance there is, send no approval. */
  readonly approve?: boolean;
  readonly signal?: AbortSignal;
}

/** Ten NKMS per node and day: a node that asks more is passed over unless the owner says otherwise. */
export const DEFAULT_MAX_FEE_RATE = 10n ** 19n / 86_400n;

/** A hundredth of an NKMS per node and read. */
export const DEFAULT_MAX_READ_PRICE = 10n ** 16n;

/** A bounty is at least this part of the collateral, as the contract has it. */
const LEAST_BOUNTY_PART = 10n;

/** A share's numbers, complete and in range. */
export interface ShareNumbers {
  readonly threshold: number;
  readonly shares: number;
  readonly start: bigint;
  readonly end: bigint;
  readonly maxEnd: bigint;
  readonly maxFeeRate: bigint;
  /** Set if the readers pay: NKMS wei per node and read at most. */
  readonly maxReadPrice?: bigint;
}

/**
 * Completes and checks the options. Throws E_BAD_OPTION {option, got} naming the first that is out of range, or the node
 * that is named twice.
 */
export function shareNumbers(options: ShareOptions, now: number, { maxDuration }: PolicyParameters): ShareNumbers {
  const twice = repeated(options.nodes ?? []);
  if (twice !== undefined) throw nodeTwice(twice);
  const longest = Number(maxDuration);
  const time = wholeOption("time", options.time, 1, longest);
  const maxTime = wholeOption("maxTime", options.maxTime ?? time, time, longest);
  const shares = wholeOption("n", options.nodes?.length ?? options.n ?? 3, 1, MAX_NODES);
  const threshold = wholeOption("m", options.m ?? Math.min(2, shares), 1, shares);
  const start = BigInt(wholeOption("notBefore", options.notBefore ?? now, now, now + longest));
  const maxFeeRate = options.maxFeeRate ?? DEFAULT_MAX_FEE_RATE;
  const numbers = { threshold, shares, start, end: start + BigInt(time), maxEnd: start + BigInt(maxTime), maxFeeRate };
  if (options.payer !== "readers") return numbers;
  return { ...numbers, maxReadPrice: options.maxReadPrice ?? DEFAULT_MAX_READ_PRICE };
}

/** NKMS wei per second that the contract's least fee per node comes to: ceil(minFee / seconds). */
export function leastFeeRate({ start, end }: ShareNumbers, { minFee }: PolicyParameters): bigint {
  const seconds = end - start;
  return (minFee + seconds - 1n) / seconds;
}

/** A bounty per share that the contract takes. Throws E_BOUNTY_OUT_OF_RANGE {bounty, minimum, collateral}. */
export function requireBounty(bounty: bigint, { collateralPerKey: collateral }: PolicyParameters): bigint {
  const minimum = (collateral + LEAST_BOUNTY_PART - 1n) / LEAST_BOUNTY_PART;
  if (bounty === 0n || (bounty >= minimum && bounty < collateral)) return bounty;
  throw refusal("BountyOutOfRange", { bounty, minimum, collateral });
}

/** The first of these addresses that was there before, in whatever case. */
function repeated(nodes: readonly Address[]): Address | undefined {
  const lower = nodes.map((node) => node.toLowerCase());
  return nodes.find((_, index) => lower.indexOf(lower[index]) < index);
}

function nodeTwice(got: Address): NkmsError {
  return new NkmsError("E_BAD_OPTION", `The option nodes names ${got} twice.`, {
    why: "Each node holds one fraction, or fewer nodes than m would do. Nothing was sent.",
    fix: "Name each node once.",
    data: { option: "nodes", got },
  });
}

/** A whole number in a range, both ends included. Throws E_BAD_OPTION {option, got, least, most}. */
export function wholeOption(option: string, got: number, least: number, most: number): number {
  if (Number.isSafeInteger(got) && got >= least && got <= most) return got;
  throw new NkmsError(
    "E_BAD_OPTION",
    `The option ${option} is ${got}; it must be a whole number from ${least} to ${most}.`,
    {
      why: "Nothing was sent.",
      fix: `Choose ${option} from ${least} to ${most}.`,
      data: { option, got, least, most },
    },
  );
}
