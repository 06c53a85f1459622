import { expect } from "chai";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { readConfig } from "../../../src/node/config";
import { exitCodeOf } from "../../../src/node/exitCodes";
import { rejection } from "../../support/errors";

describe("node configuration", () => {
  let directory: string;
  let file: string;

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), "nkms-config-"));
    file = join(directory, "node.json");
  });

  after(() => rm(directory, { recursive: true }));

  async function read(content: string) {
    await writeFile(file, content);
    return readConfig(file);
  }

  it("reads every field", async () => {
    const config = {
      rpcUrl: "http://127.0.0.1:8545",
      expectedChainId: 31_337,
      identity: "ada",
      home: "/srv/nkms",
      staker: "0x" + "ab".repeat(20),
      host: "0.0.0.0",
      port: 7_151,
      directory: "/srv/store",
      logLevel: "warn",
      trustedProxies: ["127.0.0.1", "::1"],
      acceptConditions: false,
      readPrice: "0.001",
      redeeming: { everySeconds: 3_600, atLeast: "1" },
      following: {
        depth: 2,
        deletionDepth: 64,
        pollMs: 1_000,
        headReuseMs: 100,
        maxSilenceMs: 5_000,
        maxHeadAgeSeconds: 60,
        callTimeoutMs: 2_000,
      },
    };
    expect(await read(JSON.stringify(config))).to.deep.equal(config);
  });

  it("takes a checksummed address", async () => {
    const staker = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed";
    expect(await read(JSON.stringify({ identity: "ada", staker }))).to.include({ staker: staker.toLowerCase() });
  });

  const wrong: [string, string, string][] = [
    ["no identity", "{}", "config.identity"],
    ["an unknown field", '{"identity":"ada","pasword":"x"}', "config"],
    ["a price that is a number", '{"identity":"ada","readPrice":1}', "config.readPrice"],
    ["a price that is no amount", '{"identity":"ada","readPrice":"1e3"}', "config.readPrice"],
    ["too rare a redemption", '{"identity":"ada","redeeming":{"everySeconds":21601}}', "config.redeeming.everySeconds"],
    ["a port that is text", '{"identity":"ada","port":"7151"}', "config.port"],
    ["a port past the last", '{"identity":"ada","port":65536}', "config.port"],
    ["half a port", '{"identity":"ada","port":1.5}', "config.port"],
    ["a level that is none", '{"identity":"ada","logLevel":"verbose"}', "config.logLevel"],
    ["a proxy that is no address", '{"identity":"ada","trustedProxies":["localhost"]}', "config.trustedProxies[0]"],
    ["an unknown limit", '{"identity":"ada","following":{"deep":1}}', "config.following"],
    ["an address that is none", '{"identity":"ada","staker":7}', "config.staker"],
  ];
  for (const [name, content, place] of wrong) {
    it(`refuses ${name}, naming the place`, async () => {
      const refused = await rejection(read(content));
      expect([refused.code, refused.data.file, refused.data.place]).to.deep.equal(["E_BAD_CONFIG", file, place]);
      expect(exitCodeOf(refused)).to.equal(2);
    });
  }

  it("refuses what is not JSON, and a file that is not there", async () => {
    expect((await rejection(read("{"))).data).to.deep.equal({ file, position: 1 });
    const missing = join(directory, "missing.json");
    const refused = await rejection(readConfig(missing));
    expect([refused.code, refused.data]).to.deep.equal(["E_BAD_CONFIG", { file: missing }]);
  });

  it("gives errors nobody foresaw the exit code of a bug", () => {
    expect(exitCodeOf(new TypeError())).to.equal(1);
  });
});
