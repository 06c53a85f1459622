import { expect } from "chai";
import { AbiCoder } from "ethers";

import { toHex } from "../../../src/bytes";
import {
  encodeAddress,
  encodeAddressAndBytes,
  encodeArray,
  encodeBytes32,
  encodeUint,
} from "../../../src/protocol/abi";
import { thrown } from "../../support/errors";
import { Random } from "../../support/random";

const coder = AbiCoder.defaultAbiCoder();

const random = new Random(0x5eed_ab1n);

describe(`protocol/abi (seed ${random.seed})`, () => {
  it("encodes words as ethers does", () => {
    for (let round = 0; round < 200; round++) {
      const [value, address, hash] = [random.uint(256), random.address(), random.bytes(32)];
      expect(toHex(encodeUint(value))).to.equal(coder.encode(["uint256"], [value]));
      expect(toHex(encodeAddress(address))).to.equal(coder.encode(["address"], [address]));
      expect(toHex(encodeBytes32(hash))).to.equal(coder.encode(["bytes32"], [hash]));
    }
  });

  it("encodes arrays of words of every length up to 33 as ethers does", () => {
    for (let length = 0; length <= 33; length++) {
      const values = Array.from({ length }, () => random.uint(256));
      expect(toHex(encodeArray(values.map((value) => encodeUint(value))))).to.equal(
        coder.encode(["uint256[]"], [values]),
      );
    }
  });

  it("encodes an address with bytes of every length up to 100 as ethers does", () => {
    for (let length = 0; length <= 100; length++) {
      const [address, bytes] = [random.address(), random.bytes(length)];
      expect(toHex(encodeAddressAndBytes(address, bytes))).to.equal(
        coder.encode(["address", "bytes"], [address, bytes]),
      );
    }
  });

  it("takes the largest value of a width and refuses the next one", () => {
    for (const bits of [8, 40, 128, 256]) {
      const limit = 1n << BigInt(bits);
      expect(toHex(encodeUint(limit - 1n, bits))).to.equal(coder.encode([`uint${bits}`], [limit - 1n]));
      expect(thrown(() => encodeUint(limit, bits))).to.deep.include({
        code: "E_OUT_OF_RANGE",
        data: { value: limit.toString(), bits },
      });
    }
    expect(thrown(() => encodeUint(-1n))).to.deep.include({ code: "E_OUT_OF_RANGE", data: { value: "-1", bits: 256 } });
  });

  it("refuses hashes and addresses of another length", () => {
    expect(thrown(() => encodeBytes32(new Uint8Array(31)))).to.deep.include({
      code: "E_BAD_LENGTH",
      data: { got: 31, expected: 32 },
    });
    expect(thrown(() => encodeBytes32(new Uint8Array(33)))).to.deep.include({
      code: "E_BAD_LENGTH",
      data: { got: 33, expected: 32 },
    });
    expect(thrown(() => encodeAddress("0x" + "11".repeat(19)))).to.deep.include({
      code: "E_BAD_HEX",
      data: { got: 19, expected: 20 },
    });
    expect(thrown(() => encodeAddress("11".repeat(20)))).to.deep.include({ code: "E_BAD_HEX" });
  });
});
