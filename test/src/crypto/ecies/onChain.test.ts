import { secp256k1 } from "@noble/curves/secp256k1.js";
import { keccak_256 } from "@noble/hashes/sha3.js";
import { expect } from "chai";
import { ethers } from "hardhat";

import { concat, toHex, utf8 } from "../../../../src/bytes";
import { ecies } from "../../../../src/crypto/ecies";
import { ORDER, toBigInt } from "../../../../src/crypto/scalar";
import { makeScope } from "../../../support/crypto";
import { seededRandom } from "../../../support/seededRandom";

const {
  Point,
  Point: { Fn },
} = secp256k1;

describe("ecies on chain", () => {
  it("lets a contract check both equations by ecrecover", async () => {
    const engine = ecies();
    const random = seededRandom("ecies on chain");
    const { capsule, split } = makeScope(engine, random);
    const cfrag = engine.reencrypt(split(1, 1)[0].kfrag, capsule, random);
    const e = capsule.slice(0, 33);
    const [output, r, t1, t2] = [0, 33, 66, 99].map((start) => cfrag.slice(start, start + 33));
    const z = toBigInt(cfrag.slice(132, 164));
    const domain = keccak_256(utf8("nkms/v1/ecies/turn"));
    const h = (toBigInt(keccak_256(concat(domain, r, e, output, t1, t2))) % (ORDER - 1n)) + 1n;
    // ecrecover(-s*x, v, x, -k*x) = address(s*G - k*P) for P = (x, v)
    const recover = async (scalar: bigint, times: bigint, base: Uint8Array) => {
      const x = toBigInt(base.slice(1));
      const words = [Fn.neg(Fn.mul(scalar, x)), BigInt(base[0] + 25), x, Fn.neg(Fn.mul(times, x))];
      const data = ethers.AbiCoder.defaultAbiCoder().encode(["uint256[4]"], [words]);
      return ethers.dataSlice(await ethers.provider.call({ to: ethers.toBeHex(1, 20), data }), 12);
    };
    const address = (bytes: Uint8Array) => ethers.computeAddress(toHex(bytes)).toLowerCase();
    expect(await recover(z, h, r)).to.equal(address(t1));
    expect(await recover(0n, Fn.neg(z), e)).to.equal(address(Point.fromBytes(e).multiply(z).toBytes(true)));
    expect(await recover(z + 1n, h, r)).to.not.equal(address(t1));
  });
});
