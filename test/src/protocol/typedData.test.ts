import { expect } from "chai";
import { TypedDataEncoder } from "ethers";

import { toHex } from "../../../src/bytes";
import {
  ACCEPTANCE,
  BOND,
  GRANT,
  PAYMENT,
  REVOCATION,
  nodeRegistryDomain,
  policyDomain,
} from "../../../src/protocol/policy";
import { RECEIPT, REQUEST, trafficDomain } from "../../../src/protocol/request";
import {
  type Message,
  type MessageType,
  domainSeparator,
  structHash,
  typeString,
  typedDataDigest,
} from "../../../src/protocol/typedData";
import { Random } from "../../support/random";

const MESSAGES: readonly MessageType[] = [ACCEPTANCE, PAYMENT, GRANT, REVOCATION, BOND, REQUEST, RECEIPT];
const DOMAINS = [policyDomain, nodeRegistryDomain, trafficDomain];

const random = new Random(0x712n);

describe(`protocol/typedData (seed ${random.seed})`, () => {
  function randomMessage(type: MessageType): Message<MessageType> {
    const value = { address: () => random.address(), bytes32: () => random.bytes(32), uint256: () => random.uint(256) };
    return Object.fromEntries(type.fields.map((field) => [field.name, value[field.type]()]));
  }

  for (const type of MESSAGES) {
    it(`hashes ${type.name} in each domain as ethers does`, () => {
      for (let round = 0; round < 30; round++) {
        const message = randomMessage(type);
        const types = { [type.name]: [...type.fields] };
        expect(toHex(structHash(type, message))).to.equal(TypedDataEncoder.hashStruct(type.name, types, message));
        for (const makeDomain of DOMAINS) {
          const domain = makeDomain(random.uint(64), random.address());
          expect(toHex(domainSeparator(domain))).to.equal(TypedDataEncoder.hashDomain(domain));
          expect(toHex(typedDataDigest(domain, type, message))).to.equal(TypedDataEncoder.hash(domain, types, message));
        }
      }
    });
  }

  it("spells the types as the contracts' documentation does", () => {
    expect(MESSAGES.map(typeString)).to.deep.equal([
      "Acceptance(bytes32 policyId,uint256 shareIndex)",
      "Payment(bytes32 policyId,uint256 end,uint256 maximum,uint256 deadline)",
      "Grant(bytes32 policyId,uint256 end,uint256 maximum,uint256 deadline)",
      "Revocation(bytes32 policyId)",
      "Bond(address staker,address worker,uint256 nonce)",
      "Request(bytes32 policyId,uint256 shareIndex,bytes32 capsuleHash,bytes32 requestId,uint256 requestTime)",
      "Receipt(bytes32 requestHash,bytes32 answerHash,bytes32 wrappedHash)",
    ]);
  });
});
