import { expect } from "chai";
import hre from "hardhat";

import { mistakeIn } from "../../../tasks/support/commandLine";

describe("commandLine", () => {
  const known = { tasks: hre.tasks, scopes: hre.scopes, networks: ["localhost", "sepolia"] };
  const mistake = (line: string, environment = {}) => mistakeIn(line.split(" "), known, environment);

  it("finds nothing in what can run", () => {
    for (const line of [
      "stake:create --amount 5 --lock 30p --from ada --yes --dry-run --json --network localhost",
      "--network sepolia net:status --verbose",
      "stake:create --help",
      "help stake:create",
    ])
      expect(mistake(line), line).to.equal(undefined);
  });

  it("leaves tasks of others to Hardhat", () => {
    for (const line of ["compile --forse", "test --network moon"]) expect(mistake(line), line).to.equal(undefined);
  });

  it("names each mistake, and what was probably meant", () => {
    const cases: [line: string, message: string, fix: string][] = [
      ["stake:creat --amount 5", "There is no task stake:creat.", "Did you mean stake:create? npx hardhat help lists"],
      ["frobnicate", "There is no task frobnicate.", "npx hardhat help lists the tasks."],
      ["stake:creat --help", "There is no task stake:creat.", "Did you mean stake:create?"],
      [
        "stake:create --amout 5",
        "stake:create has no option --amout.",
        "Did you mean --amount? npx hardhat help stake",
      ],
      ["stake:create --zzzzzz", "stake:create has no option --zzzzzz.", "npx hardhat help stake:create lists"],
      ["stake:create --amount", "--amount has no value.", "npx hardhat help stake:create lists"],
      ["stake:create --from --yes", "The option before --yes has no value.", "npx hardhat help stake:create lists"],
      ["stake:create --yes --yes", "--yes is given twice.", "npx hardhat help stake:create lists"],
      ["stake:create 5 --yes", '"5" belongs to no option.', "npx hardhat help stake:create lists"],
      ["net:status --network sepola", "There is no network sepola.", "Did you mean sepolia? The networks are"],
    ];
    for (const [line, message, fix] of cases) {
      expect(mistake(line)?.message, line).to.equal(message);
      expect(mistake(line)?.fix.startsWith(fix), `${line}: ${mistake(line)?.fix}`).to.equal(true);
    }
  });

  it("reads the network from the environment as Hardhat does", () => {
    const environment = { HARDHAT_NETWORK: "moon" };
    expect(mistake("net:status", environment)?.message).to.equal("There is no network moon.");
    expect(mistake("net:status --network localhost", environment)).to.equal(undefined);
  });
});
