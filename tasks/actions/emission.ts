import { formatAmount } from "../../src/protocol/amount";
import { emissionAt } from "../../src/protocol/emission";
import type { Outcome } from "../support/run";
import type { Session } from "../support/session";
import { curve } from "../support/curve";
import { amount, grouped, table } from "../support/show";

const SHOWN_STEPS = 12;
const CURVE_COLUMNS = 60;

/** Forecasts the supply by the law of eq 31 and 32, from now on. */
export async function forecast(session: Session): Promise<Outcome> {
  const periods = session.wholeNumber("periods", 1, 360);
  const chain = await session.connect();
  const [{ currentPeriod, remainingSupply }, { decayPeriods }, maxSupply] = await Promise.all([
    chain.stakingEscrow.supply(),
    chain.stakingEscrow.parameters(),
    chain.nkmsToken.maxSupply(),
  ]);
  const every = Math.max(1, Math.ceil(periods / SHOWN_STEPS));
  const shown = Array.from({ length: periods }, (_, period) => period).filter(
    (period) => period % every === 0 || period === periods - 1,
  );
  const steps = shown
    .map((period) => emissionAt({ remainingSupply, decayPeriods }, period))
    .map(({ period, allocated, remaining }) => ({
      period: Number(currentPeriod) + period,
      allocated,
      supply: maxSupply - remaining,
    }));
  const columns = Math.min(periods, CURVE_COLUMNS);
  const rates = Array.from({ length: columns }, (_, column) => {
    const { allocated } = emissionAt({ remainingSupply, decayPeriods }, Math.floor((column * periods) / columns));
    return Number(allocated);
  });
  return {
    result: {
      currentPeriod: Number(currentPeriod),
      decayPeriods: Number(decayPeriods),
      maxSupply: formatAmount(maxSupply),
      steps: steps.map(({ period, allocated, supply }) => ({
        period,
        allocated: formatAmount(allocated),
        supply: formatAmount(supply),
      })),
    },
    text: [
      ...table(
        ["period", "allocated in it", "supply after it"],
        steps.map(({ period, allocated, supply }) => [grouped(period), amount(allocated), amount(supply)]),
        "Nothing.",
      ),
      `  ${curve(rates)}  allocated per period`,
    ],
  };
}
