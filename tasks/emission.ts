import { actions } from "./support/actions";
import { defineTask } from "./support/define";

defineTask({
  name: "emission",
  description: "Forecasts the supply by the law of eq 31 and 32, from now on",
  params: { periods: "How many periods (default 360)" },
  load: () => actions.emission().forecast,
});
