import { loadFixture, time } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { ethers } from "hardhat";

import type { Call } from "../../../src/chain/call";
import { type Creation, PolicyManagerClient } from "../../../src/chain/policyManager";
import { ContractRefusal } from "../../../src/chain/refusals";
import { PolicyManager__factory } from "../../../typechain-types";
import { makeNodes, deployPolicySystem, PARAMETERS, type Party, type PolicySystem } from "../../support/policySystem";
import { acceptance, creationOf, draft, type Draft, type DraftOptions, idOf } from "../../support/policyBuilder";
import { rejection } from "../../support/errors";

/** A creation that the contract refuses: what it is made with, what is changed after all have signed, and the refusal. */
interface Bad {
  readonly made?: DraftOptions;
  readonly changed?: (
    creation: Creation,
    draft: Draft,
    system: PolicySystem,
  ) => Partial<Creation> | Promise<Partial<Creation>>;
  readonly before?: (system: PolicySystem, draft: Draft) => Promise<unknown>;
  readonly code: string;
  readonly data: (draft: Draft, system: PolicySystem) => Record<string, unknown>;
}

const manyNodes = () => makeNodes(33).map(({ address }) => address);

const BAD_CREATIONS: Record<string, Bad> = {
  "no node": {
    changed: () => ({ nodes: [], commitments: [], acceptances: [] }),
    code: "E_NODE_COUNT_OUT_OF_RANGE",
    data: () => ({ count: 0n, maximum: 32n }),
  },
  "33 nodes": {
    changed: ({ commitments, acceptances }) => ({
      nodes: manyNodes(),
      commitments: Array(33).fill(commitments[0]),
      acceptances: Array(33).fill(acceptances[0]),
    }),
    code: "E_NODE_COUNT_OUT_OF_RANGE",
    data: () => ({ count: 33n, maximum: 32n }),
  },
  "a node twice": {
    changed: ({ nodes }) => ({ nodes: [nodes[0], nodes[0], nodes[1]] }),
    code: "E_NODES_NOT_ASCENDING",
    data: ({ nodes }) => ({ previous: nodes[0], next: nodes[0] }),
  },
  "unsorted nodes": {
    changed: ({ nodes }) => ({ nodes: [nodes[0], nodes[2], nodes[1]] }),
    code: "E_NODES_NOT_ASCENDING",
    data: ({ nodes }) => ({ previous: nodes[2], next: nodes[1] }),
  },
  "an inactive node": {
    before: ({ escrow }, { nodes }) => escrow.setDeposit(nodes[1], 0n),
    code: "E_NODE_INACTIVE",
    data: ({ nodes }) => ({ node: nodes[1] }),
  },
  "more collateral than the node has": {
    before: ({ escrow }, { nodes }) => escrow.setDeposit(nodes[1], PARAMETERS.collateralPerKey - 1n),
    code: "E_INSUFFICIENT_COLLATERAL",
    data: ({ nodes }) => ({
      node: nodes[1],
      available: PARAMETERS.collateralPerKey - 1n,
      required: PARAMETERS.collateralPerKey,
    }),
  },
  "threshold 0": {
    made: { terms: { threshold: 0 } },
    code: "E_INVALID_THRESHOLD",
    data: () => ({ threshold: 0n, nodes: 3n }),
  },
  "a threshold above n": {
    made: { terms: { threshold: 4 } },
    code: "E_INVALID_THRESHOLD",
    data: () => ({ threshold: 4n, nodes: 3n }),
  },
  "an end before its start": {
    made: { terms: { start: 2_000_000_001n, end: 2_000_000_000n, maxEnd: 2_000_000_000n } },
    code: "E_END_NOT_AFTER_START",
    data: () => ({ end: 2_000_000_000n, start: 2_000_000_001n }),
  },
  "a duration past the maximum": {
    made: { terms: { start: 2_000_000_000n, end: 2_000_000_100n, maxEnd: 2_000_000_001n + PARAMETERS.maxDuration } },
    code: "E_DURATION_TOO_LONG",
    data: () => ({ duration: PARAMETERS.maxDuration + 1n, maximum: PARAMETERS.maxDuration }),
  },
  "a missing allowance": {
    before: ({ token, owner, manager }) => token.connect(owner).approve(manager, 5n),
    code: "E_ERC20_INSUFFICIENT_ALLOWANCE",
    data: ({ terms }, { manager }) => ({
      spender: manager.target,
      allowance: 5n,
      needed: terms.feeRate * (terms.end - terms.start) * 3n,
    }),
  },
  "expired acceptances": {
    before: (_system, { terms }) => time.increaseTo(terms.acceptBy),
    code: "E_ACCEPTANCE_EXPIRED",
    data: ({ terms }) => ({ acceptBy: terms.acceptBy, timestamp: terms.acceptBy }),
  },
  "an acceptance by another signer": {
    changed: async ({ acceptances: [first, , third] }, policy, system) => {
      const { r, vs } = await acceptance(system, policy, system.stranger, 1);
      return { acceptances: [first, { r: ethers.getBytes(r), vs: ethers.getBytes(vs) }, third] };
    },
    code: "E_WRONG_ACCEPTANCE",
    data: ({ actors }, { stranger }) => ({
      shareIndex: 1n,
      worker: actors[1].worker.address,
      recovered: stranger.address,
    }),
  },
};

describe("policyManager", () => {
  const fixture = () => loadFixture(deployPolicySystem);
  const clientOf = ({ manager }: PolicySystem, sender: Party) =>
    new PolicyManagerClient(manager.connect(sender), ethers.provider, 0);

  /** A refusal that is known before anything is sent. */
  async function refused(sender: Party, call: Call): Promise<ContractRefusal> {
    const nonce = await sender.getNonce();
    const error = await rejection(call.send());
    expect(error).to.be.instanceOf(ContractRefusal);
    expect(await sender.getNonce()).to.equal(nonce);
    expect(error.why).to.match(/Nothing was sent\.$/);
    expect(error.fix).to.match(/\S/);
    return error;
  }

  async function signedCreation(system: PolicySystem, policy: Draft): Promise<Creation> {
    const { acceptances } = await creationOf(system, policy);
    const asBytes = acceptances.map(({ r, vs }) => ({ r: ethers.getBytes(r), vs: ethers.getBytes(vs) }));
    return { ...policy, acceptances: asBytes };
  }

  context("refuses to create, before sending, a policy with", () => {
    for (const [what, { made, changed, before, code, data }] of Object.entries(BAD_CREATIONS)) {
      it(what, async () => {
        const system = await fixture();
        const policy = await draft(system, made);
        const creation = await signedCreation(system, policy);
        await before?.(system, policy);
        const bad = { ...creation, ...(await changed?.(creation, policy, system)) };
        const error = await refused(system.owner, clientOf(system, system.owner).create(bad));
        expect(error.code).to.equal(code);
        expect(error.data).to.deep.include(data(policy, system));
      });
    }

    it("a payer or an owner who has not agreed", async () => {
      const system = await fixture();
      const { owner, payer } = system;
      const creation = await signedCreation(system, await draft(system, { terms: { payer: payer.address } }));
      const unpaid = await refused(owner, clientOf(system, owner).create(creation));
      expect([unpaid.code, unpaid.data]).to.deep.equal([
        "E_NOT_CONSENTED",
        { party: payer.address, caller: owner.address },
      ]);
      const unowned = await refused(payer, clientOf(system, payer).create(creation));
      expect([unowned.code, unowned.data]).to.deep.equal([
        "E_NOT_CONSENTED",
        { party: owner.address, caller: payer.address },
      ]);
      const late = { maximum: 10n ** 9n, deadline: 1n, signature: new Uint8Array(65) };
      const expired = await refused(owner, clientOf(system, owner).createFor(creation, late));
      expect([expired.code, expired.data.deadline]).to.deep.equal(["E_CONSENT_EXPIRED", 1n]);
    });
  });

  it("refuses to claim, revoke or renew, before sending, what is not shown as it is, not there, or another's", async () => {
    const system = await fixture();
    const { owner, stranger } = system;
    const policy = await draft(system);
    const client = clientOf(system, owner);
    await client.create(await signedCreation(system, policy)).send();
    const others = { ...policy, nodes: [policy.nodes[0], policy.nodes[1], system.nodes[3].address] };
    for (const call of [client.claim(others, 0), client.revoke(others), client.renew(others, policy.terms.maxEnd)]) {
      const unknown = await refused(owner, call);
      expect([unknown.code, unknown.data]).to.deep.equal(["E_UNKNOWN_POLICY", { policyId: idOf(others) }]);
    }
    const stolen = await refused(stranger, clientOf(system, stranger).revoke(policy));
    expect([stolen.code, stolen.data]).to.deep.equal([
      "E_NOT_OWNER",
      { caller: stranger.address, owner: owner.address },
    ]);
    const beyond = await refused(owner, client.claim(policy, 3));
    expect([beyond.code, beyond.data]).to.deep.equal(["E_SHARE_INDEX_OUT_OF_RANGE", { shareIndex: 3n, nodes: 3n }]);
  });

  it("reads a revocation from this contract's events alone, in whatever case its address was given", () => {
    const here = ethers.getAddress("0x" + "ab".repeat(20));
    const contract = PolicyManager__factory.connect(here.toLowerCase(), ethers.provider);
    const client = new PolicyManagerClient(contract, ethers.provider, 0);
    const policyId = ethers.toBeHex(7n, 32);
    const revoked = (address: string, refund: bigint) =>
      ({ address, ...contract.interface.encodeEventLog("PolicyRevoked", [policyId, 1_000n, refund]) }) as never;
    const logs = [revoked(ethers.toBeHex(2n, 20), 900n), revoked(here, 5n)];
    expect(client.revocationIn({ logs })).to.deep.equal({ policyId, end: 1_000n, refund: 5n });
  });
});
