/** Amounts and durations as people write them: whole tokens (`15000`, `1.5`), base units (`15000wei`), periods (`30p`). */
import { NkmsError } from "../errors";

/** NKMS has 18 decimals, as ether has. */
export const DECIMALS = 18;

/**
 * Base units of a text: `1.5` is 1.5 tokens, `15wei` is 15 base units. Throws E_BAD_AMOUNT for anything else, for more than 18
 * decimals and for signs, exponents or digit separators.
 */
export function parseAmount(text: string): bigint {
  const wei = /^(\d+)wei$/.exec(text);
  if (wei) return BigInt(wei[1]);
  const whole = /^(\d+)(?:\.(\d{1,18}))?$/.exec(text);
  if (!whole) throw badAmount(text);
  return BigInt(whole[1] + (whole[2] ?? "").padEnd(DECIMALS, "0"));
}

/** The same for what is to be sent. Throws E_BAD_AMOUNT for zero too. */
export function parsePositiveAmount(text: string): bigint {
  const amount = parseAmount(text);
  if (amount > 0n) return amount;
  throw new NkmsError("E_BAD_AMOUNT", "The amount is zero.", {
    why: "Nothing would be sent but a fee for gas.",
    fix: "Give an amount above zero.",
    data: { got: text },
  });
}

/** The exact number of tokens, without trailing zeros: `15000`, `1.5`, `0.000000000000000001`. */
export function formatAmount(baseUnits: bigint): string {
  const digits = baseUnits
    .toString()
    .replace("-", "")
    .padStart(DECIMALS + 1, "0");
  const fraction = digits.slice(-DECIMALS).replace(/0+$/, "");
  return (baseUnits < 0n ? "-" : "") + digits.slice(0, -DECIMALS) + (fraction && `.${fraction}`);
}

/** The number of periods in a text such as `30p`. Throws E_BAD_PERIODS for anything else. */
export function parsePeriods(text: string): bigint {
  const periods = /^(\d+)p$/.exec(text);
  if (!periods) {
    throw new NkmsError("E_BAD_PERIODS", `"${text}" is not a number of periods.`, {
      why: "Periods are written as a whole number followed by p.",
      fix: "Write for example: 30p",
      data: { got: text },
    });
  }
  return BigInt(periods[1]);
}

function badAmount(text: string): NkmsError {
  return new NkmsError("E_BAD_AMOUNT", `"${text}" is not an amount.`, {
    why: "Amounts are whole tokens with at most 18 decimals, or base units with the suffix wei.",
    fix: "Write for example: 15000, 1.5 or 15000wei",
    data: { got: text },
  });
}
