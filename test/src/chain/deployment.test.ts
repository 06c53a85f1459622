import { expect } from "chai";
import { getAddress } from "ethers";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { CONTRACT_NAMES } from "../../../src/chain/contracts";
import {
  type Deployment,
  deploymentFile,
  getDeployment,
  packagedDeploymentFile,
  saveDeployment,
} from "../../../src/chain/deployment";
import { verifyWiring } from "../../../src/chain/wiring";
import { rejection, thrown } from "../../support/errors";

const CHAIN = 424242;
const address = (number: number) => getAddress(`0x${(0xa0 + number).toString(16).repeat(20)}`);
const DEPLOYMENT = {
  chainId: CHAIN,
  deployedAtBlock: 7,
  ...Object.fromEntries(CONTRACT_NAMES.map((name, index) => [name, address(index + 1)])),
} as Deployment;

describe("deployment", () => {
  let home: string;

  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), "nkms-deployment-"));
  });

  afterEach(() => rm(home, { recursive: true }));

  it("takes a deployment given outright, else the user's file", async () => {
    await saveDeployment(DEPLOYMENT, home);
    expect(getDeployment(CHAIN, { home })).to.deep.equal(DEPLOYMENT);
    const given = { ...DEPLOYMENT, NKMSToken: address(9) };
    expect(getDeployment(CHAIN, { home, deployment: given })).to.deep.equal(given);
  });

  it("gives addresses with their checksums, whatever case they were written in", async () => {
    const written = { ...DEPLOYMENT };
    for (const name of CONTRACT_NAMES) written[name] = DEPLOYMENT[name].toLowerCase();
    await saveDeployment(written, home);
    // As texts: the matchers for addresses do not see the case.
    const texts = (deployment: Deployment) => CONTRACT_NAMES.map((name) => `${name} ${deployment[name]}`);
    expect(texts(getDeployment(CHAIN, { home }))).to.deep.equal(texts(DEPLOYMENT));
    expect(texts(getDeployment(CHAIN, { deployment: written }))).to.deep.equal(texts(DEPLOYMENT));
  });

  it("says where it looked when it finds none", () => {
    const error = thrown(() => getDeployment(CHAIN, { home }));
    expect(error.code).to.equal("E_NO_DEPLOYMENT");
    const files = [deploymentFile(CHAIN, home), packagedDeploymentFile(CHAIN)];
    expect(error.data).to.deep.equal({ chainId: CHAIN, files });
    expect(files[1]).to.equal(join(__dirname, "../../../deploy/addresses", `${CHAIN}.json`));
  });

  it("refuses files that are damaged or of another chain", async () => {
    await saveDeployment(DEPLOYMENT, home);
    const file = deploymentFile(CHAIN, home);
    for (const [content, missing] of [
      ["not json", CONTRACT_NAMES],
      [JSON.stringify({ ...DEPLOYMENT, PolicyManager: undefined }), ["PolicyManager"]],
      [JSON.stringify({ ...DEPLOYMENT, deployedAtBlock: "7" }), []],
    ] as const) {
      await writeFile(file, content);
      const error = thrown(() => getDeployment(CHAIN, { home }));
      expect(error.code).to.equal("E_BAD_DEPLOYMENT");
      expect(error.data).to.deep.equal({ origin: file, missing });
    }
    await writeFile(file, JSON.stringify({ ...DEPLOYMENT, chainId: 1 }));
    const wrong = thrown(() => getDeployment(CHAIN, { home }));
    expect([wrong.code, wrong.data]).to.deep.equal(["E_WRONG_CHAIN", { got: 1, expected: CHAIN }]);
  });
});

describe("wiring", () => {
  /** Code that holds the given addresses, as immutables stand in it. */
  const holding = (...digits: number[]) =>
    `0x6080${digits.map((digit) => address(digit).slice(2).toLowerCase()).join("7f")}`;
  const codes: Record<string, string> = {
    ...Object.fromEntries(CONTRACT_NAMES.map((name) => [DEPLOYMENT[name], holding()])),
    [address(1)]: holding(2),
    [address(2)]: holding(1, 3, 5),
    [address(3)]: holding(2),
    [address(5)]: holding(1, 2, 3),
    [address(6)]: holding(1),
  };
  const at = (changed: Record<string, string>) => (target: string) => Promise.resolve({ ...codes, ...changed }[target]);

  it("accepts contracts whose code holds the addresses they work with", () => verifyWiring(at({}), DEPLOYMENT));

  it("names what a contract does not know, and a contract that is not there", async () => {
    const unknown = await rejection(verifyWiring(at({ [address(2)]: holding(1, 3) }), DEPLOYMENT));
    expect(unknown.code).to.equal("E_BAD_WIRING");
    expect(unknown.data).to.deep.equal({ contract: "StakingEscrow", missing: ["PolicyManager"] });
    const absent = await rejection(verifyWiring(at({ [address(4)]: "0x" }), DEPLOYMENT));
    expect(absent.data).to.deep.equal({ contract: "KeyRegistry", missing: [] });
    const channels = await rejection(verifyWiring(at({ [address(6)]: holding() }), DEPLOYMENT));
    expect(channels.data).to.deep.equal({ contract: "PaidReads", missing: ["NKMSToken"] });
  });
});
