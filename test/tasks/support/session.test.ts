import { expect } from "chai";
import hre from "hardhat";
import type { HardhatRuntimeEnvironment } from "hardhat/types";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { CONTRACT_NAMES } from "../../../src/chain/contracts";
import { type Deployment, saveDeployment } from "../../../src/chain/deployment";
import { Session } from "../../../tasks/support/session";
import { rejection, thrown } from "../../support/errors";

const NOWHERE = "0x00000000000000000000000000000000000000aa";
const TERMINAL = {
  interactive: false,
  ask: () => Promise.reject(new Error("nobody answers")),
  askHidden: () => Promise.reject(new Error("nobody answers")),
  note: () => undefined,
};

describe("session", () => {
  let home: string;
  const inherited = process.env.NKMS_HOME;

  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), "nkms-session-"));
    process.env.NKMS_HOME = home;
  });
  afterEach(async () => {
    await rm(home, { recursive: true });
    if (inherited === undefined) delete process.env.NKMS_HOME;
    else process.env.NKMS_HOME = inherited;
  });

  it("says that no network is named where Hardhat's own has no contracts", async () => {
    const addresses = Object.fromEntries(CONTRACT_NAMES.map((name) => [name, NOWHERE]));
    await saveDeployment({ chainId: 31337, deployedAtBlock: 0, ...addresses } as Deployment);
    const error = await rejection(new Session(hre, {}, TERMINAL).connect());
    expect([error.code, error.fix]).to.deep.equal(["E_USAGE", "Add --network localhost"]);
    expect(thrown(() => new Session(hre, {}, TERMINAL).requiredUrl).code).to.equal("E_USAGE");
  });

  it("names the variable that a network's URL is missing from", () => {
    const network = { ...hre.network, name: "sepolia", config: { ...hre.config.networks.sepolia, url: "" } };
    const environment = Object.create(hre, { network: { value: network } }) as HardhatRuntimeEnvironment;
    const error = thrown(() => new Session(environment, {}, TERMINAL).rpcUrl);
    expect(error.code).to.equal("E_RPC_URL_MISSING");
    expect(error.data).to.deep.equal({ network: "sepolia", variable: "NKMS_SEPOLIA_URL" });
  });

  it("takes whole numbers of a range, both ends included", () => {
    const number = (text: string) => new Session(hre, { port: text }, TERMINAL).wholeNumber("port", 1, 7, 10);
    expect([number("1"), number("10")]).to.deep.equal([1, 10]);
    for (const text of ["0", "11", "1.5", "-1", "1e1", "", " 1"]) {
      expect(thrown(() => number(text)).fix, text).to.equal("Give a whole number from 1 to 10.");
    }
  });
});
