import { expect } from "chai";
import { computeAddress } from "ethers";

import { toHex } from "../../../src/bytes";
import { ethAddress } from "../../../src/crypto/address";
import { umbral } from "../../../src/crypto/umbral";
import { expectRefusal } from "../../support/crypto";
import { seededRandom } from "../../support/seededRandom";

describe("ethAddress", () => {
  it("equals what ethers computes", () => {
    const random = seededRandom("addresses");
    for (let count = 0; count < 10; count++) {
      const { publicKey } = umbral().keygen(random);
      expect(toHex(ethAddress(publicKey))).to.equal(computeAddress(toHex(publicKey)).toLowerCase());
    }
  });

  it("takes compressed keys only", () => {
    const data = { field: "publicKey", got: 65, expected: 33 };
    expectRefusal(() => ethAddress(new Uint8Array(65).fill(4)), "E_BAD_ENCODING", data);
  });
});
