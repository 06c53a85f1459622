import { expect } from "chai";
import { keccak256, TypedDataEncoder } from "ethers";

import { toHex, utf8 } from "../../../src/bytes";
import { capsuleHash, receiptOf, sameReceipt } from "../../../src/protocol/receipt";
import { REQUEST } from "../../../src/protocol/request";

describe("receipt", () => {
  const capsule = utf8("a capsule");
  const request = {
    policyId: new Uint8Array(32).fill(1),
    shareIndex: 2n,
    capsuleHash: capsuleHash(capsule),
    requestId: new Uint8Array(32).fill(3),
    requestTime: 4n,
  };
  const receipt = receiptOf(request, { cfrag: utf8("a cfrag"), wrapped: new Uint8Array() });

  it("names capsule, request and answer by their hashes", () => {
    expect(toHex(request.capsuleHash)).to.equal(keccak256(capsule));
    const types = { Request: [...REQUEST.fields] };
    expect(toHex(receipt.requestHash)).to.equal(TypedDataEncoder.hashStruct("Request", types, request));
    expect(toHex(receipt.answerHash)).to.equal(keccak256(utf8("a cfrag")));
    expect(toHex(receipt.wrappedHash)).to.equal(keccak256("0x"));
  });

  it("differs where any of them does", () => {
    expect(sameReceipt(receipt, { ...receipt })).to.equal(true);
    for (const field of ["requestHash", "answerHash", "wrappedHash"] as const) {
      expect(sameReceipt(receipt, { ...receipt, [field]: new Uint8Array(32) }), field).to.equal(false);
    }
  });
});
