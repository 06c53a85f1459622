import { expect } from "chai";
import { keccak256 } from "ethers";

import { toHex, utf8 } from "../../../src/bytes";
import { alice as aliceVerbs } from "../../../src/client/alice";
import { bob as bobVerbs } from "../../../src/client/bob";
import { client } from "../../../src/client/client";
import type { Context } from "../../../src/client/context";
import type { NodeFailure, WrongAnswer } from "../../../src/client/nodeOutcome";
import type { Grant } from "../../../src/client/share";
import { NkmsError } from "../../../src/errors";
import { splitEdek } from "../../../src/protocol/edek";
import { policyId } from "../../../src/protocol/policy";
import { reencryptAnswer, reencryptRequest } from "../../../src/protocol/messages";
import { receiptOf } from "../../../src/protocol/receipt";
import { RECEIPT, trafficDomain } from "../../../src/protocol/request";
import type { Json } from "../../../src/protocol/strictJson";
import { recoverSigner } from "../../../src/protocol/typedSignature";
import { rejection } from "../../support/errors";
import { MemoryNetwork } from "../../support/memoryNetwork";
import type { MemoryNode } from "../../support/memoryNode";

const HOUR = 3_600;
const PATH = "memory://docs/plan.txt";

describe("read", () => {
  let network: MemoryNetwork;
  let alice: Context;
  let bob: Context;
  let grant: Grant;
  let nodes: MemoryNode[];
  /** A node outside the grant. */
  let silent: MemoryNode;

  beforeEach(async () => {
    network = await MemoryNetwork.open("read", 4);
    alice = network.publishedPerson("alice");
    bob = network.publishedPerson("bob");
    await aliceVerbs(alice).write(PATH, "To the moon!");
    grant = await aliceVerbs(alice).share(bob.address, PATH, { time: HOUR, m: 2, n: 3 });
    nodes = grant.nodes.map((staker) => network.node(staker));
    silent = network.nodes.find((node) => !nodes.includes(node))!;
  });
  afterEach(() => network.close());

  const readAsBob = () => bobVerbs(bob).read(PATH, "text");
  const failuresOf = (error: NkmsError) => error.data.nodes as NodeFailure[];
  const codesOf = (error: NkmsError) => failuresOf(error).map(({ code }) => code);

  it("gives text, bytes or a report that names policy, owner, producer and nodes", async () => {
    expect(await readAsBob()).to.equal("To the moon!");
    expect(await bobVerbs(bob).read(PATH)).to.deep.equal(utf8("To the moon!"));
    const report = await bobVerbs(bob).read(PATH, "report");
    expect(report).to.deep.include({
      content: utf8("To the moon!"),
      producer: alice.keys.signing.publicKey,
      policyId: grant.id,
      owner: alice.address,
      failures: [],
    });
    expect(report.answered).to.have.length(2);
    expect(grant.nodes).to.include.members([...report.answered]);
  });

  it("lets the owner read without any node", async () => {
    network.nodes.forEach((node) => (node.requests = 0));
    expect(await bobVerbs(alice).read(PATH, "text")).to.equal("To the moon!");
    expect(network.nodes.map(({ requests }) => requests)).to.deep.equal([0, 0, 0, 0]);
  });

  it("decrypts an object that was fetched by other means, and splits it without any key", async () => {
    const object = await network.objects.read(PATH);
    expect(await bobVerbs(bob).decrypt(object, { format: "text" })).to.equal("To the moon!");
    expect(await bobVerbs(alice).decrypt(object, { path: PATH, format: "text" })).to.equal("To the moon!");
    expect(client(bob).splitEdek(object)).to.deep.equal(splitEdek(object));
  });

  it("names the producer when somebody else wrote for the owner", async () => {
    const dave = network.person("dave");
    const path = "memory://inbox/letter.txt";
    const missing = await rejection(aliceVerbs(dave).write(path, "hi", { owner: alice.address }));
    expect(missing.code).to.equal("E_NO_PATH_KEY");
    expect(missing.data).to.deep.equal({ owner: alice.address, path });

    await aliceVerbs(alice).publishPathKey(path);
    expect(await aliceVerbs(alice).publishPathKey(path)).to.equal(undefined);
    await aliceVerbs(dave).write(path, "hi", { owner: alice.address });
    const report = await bobVerbs(alice).read(path, "report");
    expect(report.content).to.deep.equal(utf8("hi"));
    expect(report.producer).to.deep.equal(dave.keys.signing.publicKey);
    expect((await rejection(bobVerbs(dave).read(path))).code).to.equal("E_NO_GRANT");
    await aliceVerbs(alice).share(bob.address, path, { time: HOUR });
    expect((await bobVerbs(bob).read(path, "report")).producer).to.deep.equal(dave.keys.signing.publicKey);
  });

  it("reads on while enough nodes answer, and reports those that do not", async () => {
    nodes[0].before["/v1/reencrypt"] = () =>
      Promise.reject(new TypeError("fetch failed", { cause: { code: "ECONNREFUSED" } }));
    nodes[1].deface = (answer) => ({ ...answer, receiptSignature: new Uint8Array(65) });
    const error = await rejection(readAsBob());
    expect(error.code).to.equal("E_NOT_ENOUGH_SHARES");
    nodes[1].deface = (answer) => answer;
    expect(await readAsBob()).to.equal("To the moon!");
  });

  context("Refusals", () => {
    it("knows no grant of somebody it was not shared with", async () => {
      const carol = network.publishedPerson("carol");
      const error = await rejection(bobVerbs(carol).read(PATH));
      expect(error.code).to.equal("E_NO_GRANT");
      const { header } = splitEdek(await network.objects.read(PATH));
      expect(error.data).to.deep.equal({ recipient: carol.address, pathKeyId: keccak256(header.pathPublicKey) });
    });

    it("says that access was revoked, by every node", async () => {
      await aliceVerbs(alice).revoke(grant.id);
      const error = await rejection(readAsBob());
      expect(error.code).to.equal("E_REVOKED");
      expect(error.fix).to.equal("Ask the owner to share again.");
      expect(error.data).to.include({ policyId: grant.id, needed: 2, got: 0 });
      expect(failuresOf(error).map(({ node }) => node)).to.have.members([...grant.nodes]);
      expect(codesOf(error)).to.deep.equal(["E_REVOKED", "E_REVOKED", "E_REVOKED"]);
    });

    it("says so even when a node is down, because the others decide it", async () => {
      await aliceVerbs(alice).revoke(grant.id);
      nodes[0].before["/v1/reencrypt"] = () => Promise.reject(new TypeError("fetch failed"));
      const error = await rejection(readAsBob());
      expect(error.code).to.equal("E_REVOKED");
      expect(codesOf(error)).to.have.members(["E_UNREACHABLE", "E_REVOKED", "E_REVOKED"]);
    });

    it("says that the time is over", async () => {
      network.now += HOUR;
      const error = await rejection(readAsBob());
      expect(error.code).to.equal("E_EXPIRED");
      expect(error.data).to.include({ policyId: grant.id, needed: 2, got: 0 });
      expect(codesOf(error)).to.deep.equal(["E_EXPIRED", "E_EXPIRED", "E_EXPIRED"]);
    });

    it("uses a newer policy when the former was revoked", async () => {
      await aliceVerbs(alice).revoke(grant.id);
      await aliceVerbs(alice).share(bob.address, PATH, { time: HOUR });
      expect(await readAsBob()).to.equal("To the moon!");
    });

    it("falls back to an older open policy when the newest fails", async () => {
      const second = await aliceVerbs(alice).share(bob.address, PATH, { time: HOUR, n: 1 });
      const served = network.requireServed.bind(network);
      network.requireServed = (id) => {
        if (id === second.id) throw new NkmsError("E_NO_GRANT", "Lost.");
        served(id);
      };
      expect((await bobVerbs(bob).read(PATH, "report")).policyId).to.equal(grant.id);
    });

    /** What anybody can put on the chain: a policy of somebody else's for the same key and reader, by a node of their choice. */
    function forge(count: number): string[] {
      const [real] = network.created;
      const stranger = "0x" + "ee".repeat(20);
      return Array.from({ length: count }, (_, index) => {
        const terms = {
          ...real.terms,
          owner: stranger,
          payer: stranger,
          threshold: 1,
          maxEnd: real.terms.maxEnd + BigInt(index),
        };
        const fake = { ...real, terms, nodes: [silent.staker], commitments: [real.commitments[0]] };
        const id = toHex(policyId(fake));
        network.created.push({ ...fake, policyId: id, block: 1, transactionHash: "0x" });
        network.states.set(id, network.states.get(grant.id)!);
        return id;
      });
    }

    it("is not held up by strangers' policies whose nodes are silent", async () => {
      forge(3);
      let ended = 0;
      silent.before["/v1/reencrypt"] = (signal) =>
        new Promise((_, reject) => signal.addEventListener("abort", () => reject(new Error(`ended ${++ended}`))));
      expect((await bobVerbs(bob).read(PATH, "report")).policyId).to.equal(grant.id);
      expect(ended, "calls that were let go once the object was open").to.equal(3);
    });

    it("lists every other policy when none opens the object, and asks only one owner's where told", async () => {
      const fakes = forge(2);
      silent.before["/v1/reencrypt"] = () => Promise.reject(new TypeError("fetch failed"));
      await aliceVerbs(alice).revoke(grant.id);
      const error = await rejection(readAsBob());
      expect(error.code).to.equal("E_NOT_ENOUGH_SHARES");
      const stranger = network.created[1].terms.owner;
      expect(error.data).to.deep.include({
        policyId: fakes[1],
        owner: stranger,
        others: [
          { policyId: fakes[0], owner: stranger, code: "E_NOT_ENOUGH_SHARES" },
          { policyId: grant.id, owner: alice.address, code: "E_POLICY_SHUT" },
        ],
      });
      expect(error.fix).to.include("read(uri, {owner})");
      const hers = await rejection(bobVerbs(bob).read(PATH, { owner: alice.address }));
      expect(hers.code).to.equal("E_REVOKED");
      expect(hers.data).to.deep.include({ policyId: grant.id, owner: alice.address, others: [] });
    });

    it("uses no policy for another key of the reader's", async () => {
      const [real] = network.created;
      real.terms.recipientKeyId.fill(7);
      expect((await rejection(readAsBob())).code).to.equal("E_NO_GRANT");
    });

    it("names every node with its own reason", async () => {
      nodes[0].before["/v1/reencrypt"] = () => Promise.reject(new TypeError("fetch failed"));
      nodes[1].before["/v1/reencrypt"] = () => {
        throw new NkmsError("E_RATE", "Too many requests.", { fix: "Wait." });
      };
      const error = await rejection(readAsBob());
      expect(error.code).to.equal("E_NOT_ENOUGH_SHARES");
      expect(error.message).to.equal("Needed 2 of 3 re-encryptions, got 1.");
      const reasons = Object.fromEntries(failuresOf(error).map(({ node, code }) => [node, code]));
      expect(reasons).to.deep.equal({
        [nodes[0].staker]: "E_UNREACHABLE",
        [nodes[1].staker]: "E_RATE",
        [nodes[2].staker]: "ok",
      });
      expect(error.why).to.include(nodes[1].staker).and.to.include("Too many requests.");
    });
  });

  context("Wrong answers", () => {
    const distortions: Record<string, (cfrag: Uint8Array) => Uint8Array> = {
      "a flipped bit in the point": (cfrag) => flip(cfrag, 20),
      "a flipped bit in the proof": (cfrag) => flip(cfrag, 270),
      "a missing byte": (cfrag) => cfrag.slice(0, -1),
      "nothing but zeros": (cfrag) => new Uint8Array(cfrag.length),
    };
    for (const [name, distort] of Object.entries(distortions)) {
      it(`names the node, with evidence that its receipt signs: ${name}`, async () => {
        nodes
          .slice(0, 2)
          .forEach((node) => (node.distort = (answer) => void Object.assign(answer, { cfrag: distort(answer.cfrag) })));
        const error = await rejection(readAsBob());
        expect(error.code).to.equal("E_NOT_ENOUGH_SHARES");
        for (const node of nodes.slice(0, 2)) {
          const failure = failuresOf(error).find(({ node: staker }) => staker === node.staker)!;
          expect(failure.code).to.equal("E_BAD_PROOF");
          expectEvidence(failure.evidence!, node);
        }
      });
    }

    it("believes no node's own word for a wrong answer, nor evidence out of its mouth", async () => {
      const claims = ["E_BAD_PROOF", "E_REVOKED"];
      claims.forEach((code, index) => {
        nodes[index].before["/v1/reencrypt"] = () => {
          throw new NkmsError(code, "So it says.", { data: { evidence: { request: "rm -rf", answer: 7 } } });
        };
      });
      const failures = failuresOf(await rejection(readAsBob()));
      const ofNode = (index: number) => failures.find(({ node }) => node === nodes[index].staker)!;
      expect([ofNode(0).code, ofNode(1).code]).to.deep.equal(["E_BAD_ANSWER", "E_REVOKED"]);
      expect([ofNode(0).evidence, ofNode(1).evidence]).to.deep.equal([undefined, undefined]);
    });

    it("refuses an answer of another policy", async () => {
      const other = await aliceVerbs(alice).share(bob.address, "memory://other.txt", { time: HOUR });
      await aliceVerbs(alice).write("memory://other.txt", "x");
      const stolen = new Map<string, Uint8Array>();
      for (const node of nodes) node.distort = (answer) => void stolen.set(node.staker, answer.cfrag);
      await bobVerbs(bob).read("memory://other.txt");
      expect(other.nodes).to.include.members([...stolen.keys()]);
      const [cfrag] = stolen.values();
      for (const node of nodes) node.distort = (answer) => void Object.assign(answer, { cfrag });
      const error = await rejection(readAsBob());
      expect(error.code).to.equal("E_NOT_ENOUGH_SHARES");
      expect(error.data).to.deep.include({ policyId: grant.id, owner: alice.address, needed: 2, got: 0 });
      expect(failuresOf(error).map(({ node, url, code }) => ({ node, url, code }))).to.have.deep.members(
        nodes.map(({ staker, url }) => ({ node: staker, url, code: "E_BAD_PROOF" })),
      );
    });

    it("refuses the answer of another node of the same policy", async () => {
      let first: Uint8Array | undefined;
      for (const node of nodes) {
        node.distort = (answer) => {
          first ??= answer.cfrag;
          Object.assign(answer, { cfrag: first });
        };
      }
      const error = await rejection(readAsBob());
      expect(error.data).to.include({ needed: 2, got: 1 });
      expect(codesOf(error)).to.have.members(["ok", "E_BAD_PROOF", "E_BAD_PROOF"]);
    });

    it("uses no answer whose receipt is missing, foreign or about something else", async () => {
      nodes[0].deface = (answer) => ({ ...answer, receiptSignature: new Uint8Array(65) });
      nodes[1].deface = (answer) => ({ ...answer, receipt: { ...answer.receipt, requestHash: new Uint8Array(32) } });
      nodes[2].deface = (answer) => ({ ...answer, wrapped: Uint8Array.of(1) });
      const error = await rejection(readAsBob());
      const reasons = Object.fromEntries(failuresOf(error).map(({ node, code }) => [node, code]));
      expect(reasons).to.deep.equal({
        [nodes[0].staker]: "E_BAD_SIGNATURE",
        [nodes[1].staker]: "E_BAD_RECEIPT",
        [nodes[2].staker]: "E_BAD_RECEIPT",
      });
      bob.chain.nodeRegistry.workerAt = async () => "0x" + "22".repeat(20);
      nodes.forEach((node) => (node.deface = (answer) => answer));
      expect(codesOf(await rejection(readAsBob()))).to.deep.equal(["E_BAD_RECEIPT", "E_BAD_RECEIPT", "E_BAD_RECEIPT"]);
    });
  });

  context("Broken objects", () => {
    /** The object's layout: where each field ends (docs/protocol.md). */
    const FIELDS = [
      ["magic", 4], ["version", 5], ["engine", 6], ["suite", 7], ["pathPublicKey", 40], ["edek length", 42], ["edek", 212],
      ["commitment", 244],
    ] as const; // prettier-ignore
    const BODY = 244;
    /** Places to break: each under NKMS_DEEP, otherwise every fifth and the ends of all fields. */
    const everyOf = (object: Uint8Array) =>
      [...object.keys()].filter(
        (place) =>
          process.env.NKMS_DEEP || place % 5 === 0 || FIELDS.some(([, end]) => place === end || place + 1 === end),
      );
    const fieldAt = (place: number) => FIELDS.find(([, end]) => place < end)?.[0];

    /** What a flipped bit means: in the path's key, another key, which is nobody's or no point at all. */
    function flipped(reader: Context, object: Uint8Array, place: number) {
      const field = fieldAt(place);
      if (field === undefined) {
        return { code: "E_TAMPERED", data: { chunk: 0, reason: "its tag does not hold" } };
      }
      if (field === "edek" || field === "commitment") return { code: "E_TAMPERED", data: { field } };
      if (field !== "pathPublicKey" || place === 7) return { code: "E_BAD_ENCODING", data: { field } };
      const pathKeyId = keccak256(flip(object, place).slice(7, 40));
      return { code: "E_NO_GRANT", data: { recipient: reader.address, pathKeyId } };
    }

    function cut(length: number) {
      const field = fieldAt(length);
      if (field !== undefined) return { code: "E_TRUNCATED", data: { field, length } };
      if (length === BODY) return { code: "E_TRUNCATED", data: { chunk: 0 } };
      return { code: "E_TAMPERED", data: { chunk: 0, reason: "its tag does not hold" } };
    }

    for (const [name, reader] of [
      ["owner", () => alice],
      ["recipient", () => bob],
    ] as const) {
      it(`refuses a flipped bit wherever it is, by name, and blames no node for it: ${name}`, async () => {
        const object = await network.objects.read(PATH);
        for (const place of everyOf(object)) {
          await network.objects.write(PATH, flip(object, place));
          const { code, data } = await rejection(bobVerbs(reader()).read(PATH));
          expect({ code, data }, `byte ${place}`).to.deep.equal(flipped(reader(), object, place));
        }
      });

      it(`refuses a truncation wherever it is, by name: ${name}`, async () => {
        const object = await network.objects.read(PATH);
        for (const length of everyOf(object)) {
          await network.objects.write(PATH, object.slice(0, length));
          const { code, data } = await rejection(bobVerbs(reader()).read(PATH));
          expect({ code, data }, `length ${length}`).to.deep.equal(cut(length));
        }
      });
    }

    it("says that there is no such object", async () => {
      expect((await rejection(bobVerbs(bob).read("memory://none"))).code).to.equal("E_NOT_FOUND");
    });
  });

  it("ends early on the caller's signal", async () => {
    const controller = new AbortController();
    for (const node of nodes)
      node.before["/v1/reencrypt"] = () => controller.abort(new NkmsError("E_ABORTED", "Enough."));
    const error = await rejection(bobVerbs(bob).read(PATH, { signal: controller.signal }));
    expect(error.code).to.equal("E_ABORTED");
  });

  function expectEvidence(evidence: WrongAnswer, node: MemoryNode): void {
    const { request } = reencryptRequest.read(plain(evidence.request), "request");
    const answer = reencryptAnswer.read(plain(evidence.answer), "answer");
    expect(answer.receipt).to.deep.equal(receiptOf(request, answer));
    const domain = trafficDomain(network.chainId, network.policyManager);
    expect(recoverSigner(domain, RECEIPT, answer.receipt, answer.receiptSignature)).to.equal(node.keys.worker.address);
  }
});

function flip(bytes: Uint8Array, index: number): Uint8Array {
  const changed = Uint8Array.from(bytes);
  changed[index] ^= 1 << (index % 8);
  return changed;
}

/** Evidence is plain data: it survives being written down. */
function plain(value: Json): Json {
  return JSON.parse(JSON.stringify(value)) as Json;
}
