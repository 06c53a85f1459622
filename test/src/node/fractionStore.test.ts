import { expect } from "chai";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { toHex } from "../../../src/bytes";
import { NkmsError } from "../../../src/errors";
import { FractionStore } from "../../../src/node/fractionStore";
import type { Grant } from "../../../src/node/grant";
import { SealedDatabase, type DatabaseOptions } from "../../../src/node/sealedDatabase";
import { rejection } from "../../support/errors";
import { watchedLevel } from "../../support/node/watchedLevel";
import { fractions, grantOf, KEYS, random, SHARE_INDEX } from "../../support/node/world";

const KFRAG = fractions[SHARE_INDEX].kfrag;

describe("FractionStore", () => {
  let directory: string;
  let database: SealedDatabase;
  let store: FractionStore;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "nkms-fractions-"));
    await open();
  });

  afterEach(async () => {
    await database.close();
    await rm(directory, { recursive: true });
  });

  async function open(level?: DatabaseOptions["level"]): Promise<void> {
    database = await SealedDatabase.open({ directory, storeKey: KEYS.storeKey, owner: "test", random, level });
    store = await FractionStore.open(database, directory);
  }

  async function reopen(): Promise<void> {
    await database.close();
    await open();
  }

  function grant(policyId = random(32)): Grant {
    const { terms, commitments, condition, ownerKeys } = grantOf();
    return { policyId, terms, shareIndex: SHARE_INDEX, commitment: commitments[SHARE_INDEX], ownerKeys, condition };
  }

  const insert = (one: Grant, kfrag: Uint8Array, network = "192.0.2.1", requireRoom = () => {}) =>
    store.insert(one, kfrag, { network, requireRoom });

  it("gives back what was put in, also after it was opened anew", async () => {
    const one = grant();
    await insert(one, KFRAG);
    await reopen();
    expect(store.grant(one.policyId)).to.deep.equal({ ...one, readPrice: undefined, fate: undefined });
    expect(await store.fraction(one.policyId)).to.deep.equal(KFRAG);
    expect([store.census.held, store.census.pending]).to.deep.equal([1, 1]);
  });

  it("has a fraction on the disk before it says so, and its deletion too (I-L6)", async () => {
    const diary: string[] = [];
    await database.close();
    await open(watchedLevel(diary));
    const one = grant();
    await insert(one, KFRAG);
    diary.push("inserted");
    await store.delete(one.policyId, "revoked");
    diary.push("deleted");
    const erased = ["del synced", "del synced", "batch synced"];
    expect(diary).to.deep.equal(["batch synced", "inserted", "batch synced", ...erased, "deleted"]);
  });

  it("never replaces a fraction; the same grant again changes nothing", async () => {
    const one = grant();
    await insert(one, KFRAG);
    await insert(one, KFRAG);
    for (const [other, kfrag] of [
      [one, fractions[0].kfrag],
      [{ ...one, condition: new Uint8Array(32) }, KFRAG],
      [{ ...one, shareIndex: 2 }, KFRAG],
    ] as const) {
      const refused = await rejection(insert(other, kfrag));
      expect([refused.code, refused.data]).to.deep.equal(["E_GRANT_EXISTS", { policyId: toHex(one.policyId) }]);
    }
    expect(await store.fraction(one.policyId)).to.deep.equal(KFRAG);
  });

  it("stores one of two grants that come for a policy at once", async () => {
    const one = grant();
    const outcomes = await Promise.allSettled([insert(one, KFRAG), insert(one, fractions[0].kfrag)]);
    expect(outcomes.map(({ status }) => status)).to.deep.equal(["fulfilled", "rejected"]);
    expect(store.census.held).to.equal(1);
  });

  it("keeps why a fraction was deleted, but no fraction", async () => {
    const one = grant();
    await insert(one, KFRAG);
    store.noteFunded(one.policyId, 5n);
    await store.delete(one.policyId, "revoked");
    for (const look of [async () => {}, reopen]) {
      await look();
      expect(store.grant(one.policyId)).to.include({ fate: "revoked" });
      expect(await store.fraction(one.policyId)).to.equal(undefined);
      expect([store.census.held, store.census.pending]).to.deep.equal([0, 0]);
    }
    const refused = await rejection(insert(one, KFRAG));
    expect(refused.code).to.equal("E_GRANT_EXISTS");
    await store.forget(one.policyId);
    await reopen();
    expect(store.grant(one.policyId)).to.equal(undefined);
  });

  it("forgets no grant whose fraction is held", async () => {
    const one = grant();
    await insert(one, KFRAG);
    await store.forget(one.policyId);
    expect(await store.fraction(one.policyId)).to.deep.equal(KFRAG);
  });

  it("finishes a deletion that a crash cut short", async () => {
    const one = grant();
    await insert(one, KFRAG);
    const erase = database.erase.bind(database);
    database.erase = () => Promise.reject(new Error("the process dies here"));
    await store.delete(one.policyId, "expired").catch(() => undefined);
    database.erase = erase;
    expect(await database.names("erase/", "erase/\uffff")).to.have.length(1);
    await reopen();
    expect(await database.names("erase/", "erase/\uffff")).to.have.length(0);
    expect(store.grant(one.policyId)).to.include({ fate: "expired" });
  });

  it("asks for room when all earlier grants have theirs, and not for one it has", async () => {
    const admitted: number[] = [];
    const requireRoom = () => {
      if (store.census.held === 2) throw new NkmsError("E_FULL", "no room");
      admitted.push(store.census.held);
    };
    const grants = Array.from({ length: 5 }, () => grant());
    const outcomes = await Promise.allSettled(grants.map((one) => insert(one, KFRAG, "192.0.2.1", requireRoom)));
    expect(outcomes.filter(({ status }) => status === "fulfilled")).to.have.length(2);
    expect(admitted).to.deep.equal([0, 1]);
    expect(await database.names("fraction/", "fraction/\uffff")).to.have.length(2);
    await insert(grants[0], KFRAG, "192.0.2.1", requireRoom);
  });

  it("counts pending fractions by network until they are paid for, deleted, or the process ends", async () => {
    const [one, two, three] = [grant(), grant(), grant()];
    await insert(one, KFRAG);
    await insert(two, KFRAG);
    await insert(three, KFRAG, "192.0.2.2");
    const counts = () => ["192.0.2.1", "192.0.2.2", "192.0.2.3"].map((network) => store.census.pendingOf(network));
    expect(counts()).to.deep.equal([2, 1, 0]);
    store.noteFunded(one.policyId, 5n);
    expect(counts()).to.deep.equal([1, 1, 0]);
    await store.delete(three.policyId, "unfunded");
    expect(counts()).to.deep.equal([1, 0, 0]);
    await reopen();
    expect(counts()).to.deep.equal([0, 0, 0]);
    expect(store.census.pending).to.equal(2);
  });

  it("counts held and pending fractions", async () => {
    const [one, two] = [grant(), grant()];
    await insert(one, KFRAG);
    await insert(two, KFRAG);
    store.noteFunded(one.policyId, 5n);
    store.noteFunded(one.policyId, 6n);
    store.noteFunded(random(32), 5n);
    expect([store.census.held, store.census.pending]).to.deep.equal([2, 1]);
    expect(store.grant(one.policyId)).to.include({ fundedUntil: 6n });
    await store.delete(two.policyId, "unfunded");
    await store.delete(two.policyId, "unfunded");
    expect([store.census.held, store.census.pending]).to.deep.equal([1, 0]);
    expect(store.grants()).to.have.length(1);
  });

  it("refuses a store with a grant that is none, or whose fraction is gone", async () => {
    const one = grant();
    await insert(one, KFRAG);
    await database.write([{ name: `fraction/${toHex(one.policyId)}` }]);
    const missing = await rejection(store.fraction(one.policyId));
    expect([missing.code, missing.data]).to.deep.equal([
      "E_STORE_CORRUPT",
      { directory, entry: `fraction/${toHex(one.policyId)}` },
    ]);
    await database.write([{ name: "grant/0x", value: new Uint8Array(3) }]);
    const malformed = await rejection(FractionStore.open(database, directory));
    expect([malformed.code, malformed.data]).to.deep.equal(["E_STORE_CORRUPT", { directory, entry: "grant/0x" }]);
  });
});
