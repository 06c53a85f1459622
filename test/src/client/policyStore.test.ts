import { expect } from "chai";
import { lstat, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { toHex } from "../../../src/bytes";
import type { PolicyRecord } from "../../../src/client/policyRecord";
import { openPolicyStore } from "../../../src/client/policyStore";
import { policyId } from "../../../src/protocol/policy";
import { rejection } from "../../support/errors";
import { seededRandom } from "../../support/seededRandom";

describe("policyStore", () => {
  const random = seededRandom("policyStore");
  const key = random(32);
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "nkms-store-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  function record(fields: Partial<PolicyRecord> = {}): PolicyRecord {
    const address = () => toHex(random(20));
    const policy = {
      terms: {
        owner: address(), payer: address(), recipientSigner: address(), threshold: 2,
        pathKeyId: random(32), recipientKeyId: random(32), start: 1n, end: 2n ** 40n - 1n, maxEnd: 3n, acceptBy: 4n,
        feeRate: 2n ** 128n - 1n, bounty: 0n, conditionHash: new Uint8Array(32), noteHash: random(32),
      }, // prettier-ignore
      nodes: [address(), address()].sort(),
      commitments: [1, 2].map(() => ({ digest: random(32), point: address() })),
    };
    return {
      id: toHex(policyId(policy)),
      pending: false,
      condition: random(96),
      path: "file://a",
      recipient: address(),
      ...policy,
      ...fields,
    };
  }

  it("gives a record back, to another process of the same owner too", async () => {
    const [one, two] = [record(), record({ path: undefined, recipient: undefined, pending: true })];
    const store = openPolicyStore(folder, key, random);
    expect(await store.list()).to.deep.equal([]);
    await store.put(one);
    await store.put(two);
    const reopened = openPolicyStore(folder, key, random);
    expect(await reopened.get(one.id)).to.deep.equal(one);
    expect(await reopened.get(two.id)).to.deep.equal(two);
    expect(await reopened.list()).to.have.deep.members([one, two]);
  });

  it("replaces and removes records", async () => {
    const store = openPolicyStore(folder, key, random);
    const pending = record({ pending: true });
    await store.put(pending);
    await store.put({ ...pending, pending: false });
    expect(await store.get(pending.id)).to.include({ pending: false });
    await store.remove(pending.id);
    await store.remove(pending.id);
    expect(await store.get(pending.id)).to.equal(undefined);
  });

  it("shows neither path nor recipient on disk, and is its owner's alone", async () => {
    const one = record({ path: "file://very/secret/plan.txt" });
    await openPolicyStore(join(folder, "policies"), key, random).put(one);
    const file = join(folder, "policies", `${one.id}.json`);
    const content = await readFile(file, "utf8");
    expect(Object.keys(JSON.parse(content))).to.deep.equal(["version", "sealed"]);
    for (const secret of ["secret", one.recipient!.slice(2), toHex(Buffer.from("secret")).slice(2)]) {
      expect(content).to.not.include(secret);
    }
    expect((await lstat(file)).mode & 0o777).to.equal(0o600);
    expect((await lstat(join(folder, "policies"))).mode & 0o777).to.equal(0o700);
  });

  it("says which record cannot be opened: another key, another name, any changed byte", async () => {
    const store = openPolicyStore(folder, key, random);
    const one = record();
    await store.put(one);
    const file = join(folder, `${one.id}.json`);
    const other = await rejection(openPolicyStore(folder, random(32), random).get(one.id));
    expect(other.code).to.equal("E_STORE_CORRUPT");
    expect(other.data).to.deep.equal({ id: one.id, path: file });

    const content = await readFile(file, "utf8");
    const { sealed } = JSON.parse(content) as { sealed: string };
    const flipped = sealed.slice(0, 60) + (sealed[60] === "0" ? "1" : "0") + sealed.slice(61);
    for (const changed of ["", "{}", content.slice(0, -4), content.replace(sealed, flipped), '{"sealed":"0x00"}']) {
      await writeFile(file, changed);
      expect((await rejection(store.get(one.id))).code, changed.slice(0, 40)).to.equal("E_STORE_CORRUPT");
    }
    await writeFile(file, content);
    const posing = toHex(random(32));
    await rename(file, join(folder, `${posing}.json`));
    expect((await rejection(store.get(posing))).data).to.include({ id: posing });
  });

  it("refuses an id that is none, before it becomes a file name", async () => {
    const store = openPolicyStore(folder, key, random);
    for (const id of ["", "../x", "0x" + "AB".repeat(32), "0x12"]) {
      const error = await rejection(store.get(id));
      expect(error.code).to.equal("E_BAD_POLICY_ID");
      expect(error.data).to.deep.equal({ id });
    }
  });

  it("ignores what a process left that died while writing", async () => {
    const store = openPolicyStore(folder, key, random);
    const one = record();
    await store.put(one);
    await writeFile(join(folder, `.${one.id}.json.1234.tmp`), "half");
    expect(await store.list()).to.deep.equal([one]);
  });
});
