import { expect } from "chai";
import { AbiCoder, keccak256 } from "ethers";

import { toHex } from "../../../src/bytes";
import {
  type Policy,
  type Terms,
  commitmentsHash,
  creationFee,
  nodesHash,
  optionalHash,
  policyId,
  termsHash,
} from "../../../src/protocol/policy";
import { thrown } from "../../support/errors";
import { Random } from "../../support/random";

const coder = AbiCoder.defaultAbiCoder();
const TERMS_TUPLE =
  "tuple(address owner,address payer,address recipientSigner,uint8 threshold,bytes32 pathKeyId,bytes32 recipientKeyId," +
  "uint40 start,uint40 end,uint40 maxEnd,uint40 acceptBy,uint128 feeRate,uint128 bounty,bytes32 conditionHash,bytes32 noteHash)";
const COMMITMENTS_TUPLE = "tuple(bytes32 digest,address point)[]";

function randomTerms(random: Random): Terms {
  return {
    owner: random.address(),
    payer: random.address(),
    recipientSigner: random.address(),
    threshold: Number(random.uint(8)),
    pathKeyId: random.bytes(32),
    recipientKeyId: random.bytes(32),
    start: random.uint(40),
    end: random.uint(40),
    maxEnd: random.uint(40),
    acceptBy: random.uint(40),
    feeRate: random.uint(128),
    bounty: random.uint(128),
    conditionHash: random.bytes(32),
    noteHash: random.bytes(32),
  };
}

function randomPolicy(random: Random, shares: number): Policy {
  return {
    terms: randomTerms(random),
    nodes: Array.from({ length: shares }, () => random.address()),
    commitments: Array.from({ length: shares }, () => ({ digest: random.bytes(32), point: random.address() })),
  };
}

const random = new Random(0x901c7n);

describe(`protocol/policy (seed ${random.seed})`, () => {
  it("hashes terms, nodes and commitments as abi.encode does", () => {
    for (let shares = 0; shares <= 32; shares++) {
      const policy = randomPolicy(random, shares);
      const hashes = [
        keccak256(coder.encode([TERMS_TUPLE], [policy.terms])),
        keccak256(coder.encode(["address[]"], [policy.nodes])),
        keccak256(coder.encode([COMMITMENTS_TUPLE], [policy.commitments])),
      ];
      expect(toHex(termsHash(policy.terms))).to.equal(hashes[0]);
      expect(toHex(nodesHash(policy.nodes))).to.equal(hashes[1]);
      expect(toHex(commitmentsHash(policy.commitments))).to.equal(hashes[2]);
      expect(toHex(policyId(policy))).to.equal(keccak256(coder.encode(["bytes32", "bytes32", "bytes32"], hashes)));
    }
  });

  it("gives another id for every changed member", () => {
    const policy = randomPolicy(random, 3);
    const ids = new Set([toHex(policyId(policy))]);
    const other = randomTerms(random);
    const members = Object.keys(policy.terms) as (keyof Terms)[];
    for (const member of members) {
      ids.add(toHex(policyId({ ...policy, terms: { ...policy.terms, [member]: other[member] } })));
    }
    ids.add(toHex(policyId({ ...policy, nodes: [...policy.nodes].reverse() })));
    ids.add(toHex(policyId({ ...policy, commitments: [...policy.commitments].reverse() })));
    expect(ids.size).to.equal(members.length + 3);
  });

  it("refuses a term that its Solidity type cannot hold", () => {
    const terms = randomTerms(random);
    expect(thrown(() => termsHash({ ...terms, threshold: 256 }))).to.deep.include({
      code: "E_OUT_OF_RANGE",
      data: { value: "256", bits: 8 },
    });
    expect(thrown(() => termsHash({ ...terms, end: 1n << 40n }))).to.deep.include({
      code: "E_OUT_OF_RANGE",
      data: { value: (1n << 40n).toString(), bits: 40 },
    });
    expect(thrown(() => termsHash({ ...terms, feeRate: 1n << 128n }))).to.deep.include({
      code: "E_OUT_OF_RANGE",
      data: { value: (1n << 128n).toString(), bits: 128 },
    });
  });

  it("lets 32 zero bytes stand for no condition and no note", () => {
    expect(toHex(optionalHash(new Uint8Array()))).to.equal("0x" + "00".repeat(32));
    expect(toHex(optionalHash(Uint8Array.of(1)))).to.equal(keccak256("0x01"));
  });

  it("computes the fee of a creation", () => {
    const terms = { ...randomTerms(random), start: 1_000n, end: 4_600n, feeRate: 7n };
    expect(creationFee(terms, 5)).to.equal(7n * 5n * 3_600n);
  });
});
