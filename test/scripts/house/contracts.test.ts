import { expect } from "chai";

import { forbiddenContractImports } from "../../../scripts/house/contracts";
import type { Rooms } from "../../../scripts/house/rooms";

const rooms: Rooms = {
  typescript: {},
  open: [],
  barrels: [],
  lines: [],
  solidity: ["contracts/token", "contracts/staking", "contracts/policy|contracts/health", "contracts/challenge"],
};

const files: Record<string, string> = {
  "contracts/interfaces/IToken.sol": "",
  "contracts/interfaces/IEscrow.sol": "",
  "contracts/interfaces/IPolicy.sol": "",
  "contracts/interfaces/IHealth.sol": "",
  "contracts/interfaces/ICondition.sol": "",
  "contracts/libraries/Maths.sol": "",
  "contracts/token/Token.sol": "",
  "contracts/staking/Escrow.sol": "",
  "contracts/staking/parts/Line.sol": "",
  "contracts/policy/Policy.sol": "",
  "contracts/health/Health.sol": "",
};

const check = (path: string, ...imported: string[]) =>
  forbiddenContractImports(
    new Map(Object.entries({ ...files, [path]: imported.map((to) => `import "${to}";`).join("\n") })),
    rooms,
  );

describe("forbiddenContractImports", () => {
  it("lets a contract import its own room, libraries, OpenZeppelin, and interfaces of its own and lower rooms", () => {
    expect(
      check(
        "contracts/policy/Policy.sol",
        "./Part.sol",
        "../libraries/Maths.sol",
        "@openzeppelin/contracts/token/ERC20/IERC20.sol",
        "../interfaces/IPolicy.sol",
        "../interfaces/IEscrow.sol",
        "../interfaces/IToken.sol",
        "../interfaces/ICondition.sol",
      ),
    ).to.be.empty;
    expect(check("contracts/staking/parts/Line.sol", "../Escrow.sol", "../../interfaces/IEscrow.sol")).to.be.empty;
  });

  it("refuses another room's contract, even a lower one", () => {
    expect(check("contracts/policy/Policy.sol", "../staking/Escrow.sol")).to.deep.equal([
      "contracts/policy/Policy.sol imports contracts/staking/Escrow.sol",
    ]);
  });

  it("refuses interfaces of higher rooms and of rooms at the same height", () => {
    expect(check("contracts/staking/Escrow.sol", "../interfaces/IPolicy.sol")).to.deep.equal([
      "contracts/staking/Escrow.sol imports contracts/interfaces/IPolicy.sol",
    ]);
    expect(check("contracts/policy/Policy.sol", "../interfaces/IHealth.sol")).to.deep.equal([
      "contracts/policy/Policy.sol imports contracts/interfaces/IHealth.sol",
    ]);
  });

  it("keeps interfaces and libraries free of contracts and packages other than OpenZeppelin", () => {
    expect(check("contracts/interfaces/IToken.sol", "../libraries/Maths.sol")).to.have.length(1);
    expect(check("contracts/interfaces/IToken.sol", "./ICondition.sol")).to.be.empty;
    expect(check("contracts/libraries/Maths.sol", "../token/Token.sol")).to.have.length(1);
    expect(check("contracts/libraries/Maths.sol", "../interfaces/IToken.sol")).to.have.length(1);
    expect(check("contracts/token/Token.sol", "hardhat/console.sol")).to.deep.equal([
      "contracts/token/Token.sol imports hardhat/console.sol",
    ]);
  });

  it("leaves mocks free", () => {
    expect(check("contracts/mocks/Any.sol", "../policy/Policy.sol", "hardhat/console.sol")).to.be.empty;
  });
});
