import { expect } from "chai";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { RequestLog } from "../../../src/node/requestLog";
import { SealedDatabase } from "../../../src/node/sealedDatabase";
import type { RequestMessage } from "../../../src/protocol/messages";
import { seededRandom } from "../../support/seededRandom";

describe("RequestLog", () => {
  const random = seededRandom("request log");
  const storeKey = random(32);
  const policyId = random(32);
  let directory: string;
  let database: SealedDatabase;
  let log: RequestLog;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "nkms-requests-"));
    await open();
  });

  afterEach(async () => {
    await database.close();
    await rm(directory, { recursive: true });
  });

  async function open(): Promise<void> {
    database = await SealedDatabase.open({ directory, storeKey, owner: "test", random });
    log = await RequestLog.open(database);
  }

  const request = (requestTime: bigint, changes: Partial<RequestMessage> = {}): RequestMessage => ({
    policyId,
    shareIndex: 0n,
    capsuleHash: random(32),
    requestId: random(32),
    requestTime,
    ...changes,
  });

  it("lets a request id of a policy be used once, also after a restart (I-L10)", async () => {
    const one = request(1_000n);
    expect(await log.spend(one)).to.equal(true);
    expect(await log.spend(one)).to.equal(false);
    await database.close();
    await open();
    expect(await log.spend({ ...one, capsuleHash: random(32), requestTime: 1_030n })).to.equal(false);
    expect(await log.spend({ ...one, policyId: random(32) })).to.equal(true);
    expect(await log.spend({ ...one, requestId: random(32) })).to.equal(true);
  });

  it("forgets a request no earlier than a minute after nobody serves it any more", async () => {
    const one = request(1_000n); // served up to second 1,060
    await log.spend(one);
    await log.prune(1_120n);
    expect(await log.spend(one)).to.equal(false);
    await log.prune(1_121n);
    expect(await log.spend(one)).to.equal(true);
  });

  it("keeps no more on disk than in memory", async () => {
    for (let second = 0n; second < 10n; second++) await log.spend(request(1_000n + second));
    expect(await database.names("request/", "request0")).to.have.length(10);
    await log.prune(1_125n);
    expect(await database.names("request/", "request0")).to.have.length(5);
    await log.prune(0n);
    await log.prune(10_000n);
    expect(await database.names("request/", "request0")).to.have.length(0);
  });
});
