/** A node's terms as options and as output. */
import type { Chain } from "../../src/chain/connection";
import type { NodeTerms } from "../../src/chain/nodeRegistry";
import { formatAmount, parseAmount } from "../../src/protocol/amount";
import { type Session, usage } from "./session";

const SECONDS_PER_DAY = 86_400n;

/** The terms that the options ask for. Throws E_USAGE for a fee above all the NKMS there will ever be. */
export async function readTerms(session: Session, chain: Chain): Promise<NodeTerms> {
  const { maxDuration } = await chain.policyManager.parameters();
  return {
    feeRate: await ratePerSecond(chain, session.optional("fee") ?? "1"),
    capacity: BigInt(session.wholeNumber("capacity", 1, 10_000)),
    minDuration: BigInt(session.wholeNumber("minDuration", 0, 0)),
    maxDuration: BigInt(session.wholeNumber("maxDuration", 1, Number(maxDuration))),
  };
}

/** Terms with what the options change. Throws as {@link readTerms}. */
export async function changedTerms(session: Session, chain: Chain, former: NodeTerms): Promise<NodeTerms> {
  const fee = session.optional("fee");
  const number = (name: "capacity" | "minDuration" | "maxDuration", minimum: number) =>
    BigInt(session.wholeNumber(name, minimum, Number(former[name])));
  return {
    feeRate: fee === undefined ? former.feeRate : await ratePerSecond(chain, fee),
    capacity: number("capacity", 1),
    minDuration: number("minDuration", 0),
    maxDuration: number("maxDuration", 1),
  };
}

async function ratePerSecond({ nkmsToken }: Chain, text: string): Promise<bigint> {
  const perDay = parseAmount(text);
  const most = await nkmsToken.maxSupply();
  if (perDay <= most) return (perDay + SECONDS_PER_DAY - 1n) / SECONDS_PER_DAY; // up: the node gets at least what it asks
  throw usage(
    `A fee of ${formatAmount(perDay)} NKMS a day is more than the ${formatAmount(most)} that can exist.`,
    "Give for example: --fee 1",
  );
}

/** Base units that a node asks per policy and day. */
export function feePerDay({ feeRate }: NodeTerms): bigint {
  return feeRate * SECONDS_PER_DAY;
}

/** Terms for programs. */
export function describeTerms(terms: NodeTerms) {
  const { feeRate, capacity, minDuration, maxDuration } = terms;
  return {
    feePerDay: formatAmount(feePerDay(terms)),
    feeRateWei: feeRate,
    capacity: Number(capacity),
    minDuration: Number(minDuration),
    maxDuration: Number(maxDuration),
  };
}
