/** The modules behind the tasks, each loaded at its first use: together they would cost every command seconds. */
/* eslint-disable @typescript-eslint/no-require-imports -- import() of a TypeScript file does not pass through Hardhat's loader */
export const actions = {
  claim: () => require("../actions/claim") as typeof import("../actions/claim"),
  condition: () => require("../actions/condition") as typeof import("../actions/condition"),
  deploy: () => require("../actions/deploy") as typeof import("../actions/deploy"),
  emission: () => require("../actions/emission") as typeof import("../actions/emission"),
  faucet: () => require("../actions/faucet") as typeof import("../actions/faucet"),
  key: () => require("../actions/key") as typeof import("../actions/key"),
  net: () => require("../actions/net") as typeof import("../actions/net"),
  node: () => require("../actions/node") as typeof import("../actions/node"),
  policy: () => require("../actions/policy") as typeof import("../actions/policy"),
  positions: () => require("../actions/positions") as typeof import("../actions/positions"),
  renewal: () => require("../actions/renewal") as typeof import("../actions/renewal"),
  rewards: () => require("../actions/rewards") as typeof import("../actions/rewards"),
  sharing: () => require("../actions/sharing") as typeof import("../actions/sharing"),
  stake: () => require("../actions/stake") as typeof import("../actions/stake"),
  stakeViews: () => require("../actions/stakeViews") as typeof import("../actions/stakeViews"),
  token: () => require("../actions/token") as typeof import("../actions/token"),
  voucher: () => require("../actions/voucher") as typeof import("../actions/voucher"),
  failure: () => require("./failure") as typeof import("./failure"),
  run: () => require("./run") as typeof import("./run"),
  session: () => require("./session") as typeof import("./session"),
};
