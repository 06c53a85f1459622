import { expect } from "chai";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { toHex } from "../../../src/bytes";
import { FractionStore } from "../../../src/node/fractionStore";
import type { Grant } from "../../../src/node/grant";
import { SealedDatabase } from "../../../src/node/sealedDatabase";
import { rejection } from "../../support/errors";
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

  async function open(): Promise<void> {
    database = await SealedDatabase.open({ directory, storeKey: KEYS.storeKey, owner: "test", random });
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

  it("gives back what was put in, also after it was opened anew", async () => {
    const one = grant();
    await store.insert(one, KFRAG);
    await reopen();
    expect(store.grant(one.policyId)).to.deep.equal({ ...one, fate: undefined });
    expect(await store.fraction(one.policyId)).to.deep.equal(KFRAG);
    expect([store.held, store.pending]).to.deep.equal([1, 1]);
  });

  it("never replaces a fraction; the same grant again changes nothing", async () => {
    const one = grant();
    await store.insert(one, KFRAG);
    await store.insert(one, KFRAG);
    for (const [other, kfrag] of [
      [one, fractions[0].kfrag],
      [{ ...one, condition: new Uint8Array(32) }, KFRAG],
      [{ ...one, shareIndex: 2 }, KFRAG],
    ] as const) {
      const refused = await rejection(store.insert(other, kfrag));
      expect([refused.code, refused.data]).to.deep.equal(["E_GRANT_EXISTS", { policyId: toHex(one.policyId) }]);
    }
    expect(await store.fraction(one.policyId)).to.deep.equal(KFRAG);
  });

  it("stores one of two grants that come for a policy at once", async () => {
    const one = grant();
    const outcomes = await Promise.allSettled([store.insert(one, KFRAG), store.insert(one, fractions[0].kfrag)]);
    expect(outcomes.map(({ status }) => status)).to.deep.equal(["fulfilled", "rejected"]);
    expect(store.held).to.equal(1);
  });

  it("keeps why a fraction was deleted, but no fraction", async () => {
    const one = grant();
    await store.insert(one, KFRAG);
    store.noteFunded(one.policyId, 5n);
    await store.delete(one.policyId, "revoked");
    for (const look of [async () => {}, reopen]) {
      await look();
      expect(store.grant(one.policyId)).to.include({ fate: "revoked" });
      expect(await store.fraction(one.policyId)).to.equal(undefined);
      expect([store.held, store.pending]).to.deep.equal([0, 0]);
    }
    const refused = await rejection(store.insert(one, KFRAG));
    expect(refused.code).to.equal("E_GRANT_EXISTS");
    await store.forget(one.policyId);
    await reopen();
    expect(store.grant(one.policyId)).to.equal(undefined);
  });

  it("forgets no grant whose fraction is held", async () => {
    const one = grant();
    await store.insert(one, KFRAG);
    await store.forget(one.policyId);
    expect(await store.fraction(one.policyId)).to.deep.equal(KFRAG);
  });

  it("finishes a deletion that a crash cut short", async () => {
    const one = grant();
    await store.insert(one, KFRAG);
    const erase = database.erase.bind(database);
    database.erase = () => Promise.reject(new Error("the process dies here"));
    await store.delete(one.policyId, "expired").catch(() => undefined);
    database.erase = erase;
    expect(await database.names("erase/", "erase/\uffff")).to.have.length(1);
    await reopen();
    expect(await database.names("erase/", "erase/\uffff")).to.have.length(0);
    expect(store.grant(one.policyId)).to.include({ fate: "expired" });
  });

  it("counts held and pending fractions", async () => {
    const [one, two] = [grant(), grant()];
    await store.insert(one, KFRAG);
    await store.insert(two, KFRAG);
    store.noteFunded(one.policyId, 5n);
    store.noteFunded(one.policyId, 6n);
    store.noteFunded(random(32), 5n);
    expect([store.held, store.pending]).to.deep.equal([2, 1]);
    expect(store.grant(one.policyId)).to.include({ fundedUntil: 6n });
    await store.delete(two.policyId, "unfunded");
    await store.delete(two.policyId, "unfunded");
    expect([store.held, store.pending]).to.deep.equal([1, 0]);
    expect(store.grants()).to.have.length(1);
  });

  it("refuses a store with a grant that is none, or whose fraction is gone", async () => {
    const one = grant();
    await store.insert(one, KFRAG);
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
