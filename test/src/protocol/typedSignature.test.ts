import { expect } from "chai";
import { Signature, verifyTypedData, Wallet } from "ethers";

import { fromHex, toHex } from "../../../src/bytes";
import { RECEIPT, trafficDomain } from "../../../src/protocol/request";
import {
  compactSignature,
  expandedSignature,
  recoverSigner,
  signerAddress,
  signTypedData,
} from "../../../src/protocol/typedSignature";
import { backends } from "../../support/crypto";
import { thrown } from "../../support/errors";

const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

describe("typedSignature", () => {
  const secretKey = new Uint8Array(32).fill(7);
  const domain = trafficDomain(31337n, "0x" + "ab".repeat(20));
  const message = {
    requestHash: new Uint8Array(32).fill(1),
    answerHash: new Uint8Array(32).fill(2),
    wrappedHash: new Uint8Array(32).fill(3),
  };
  const signature = signTypedData(secretKey, domain, RECEIPT, message);
  const wallet = new Wallet(toHex(secretKey));
  const ethersMessage = Object.fromEntries(Object.entries(message).map(([name, value]) => [name, toHex(value)]));
  const types = { Receipt: [...RECEIPT.fields] };

  for (const backend of backends) {
    it(`names the address a wallet has for the key (${backend.name})`, () => {
      expect(signerAddress(secretKey, backend)).to.equal(wallet.address.toLowerCase());
    });

    it(`makes the signature a wallet makes, and finds its signer (${backend.name})`, async () => {
      for (let filling = 1; filling < 9; filling++) {
        const key = new Uint8Array(32).fill(filling);
        const one = signTypedData(key, domain, RECEIPT, message, backend);
        const signer = new Wallet(toHex(key));
        expect(toHex(one)).to.equal(await signer.signTypedData(domain, types, ethersMessage));
        expect(verifyTypedData(domain, types, ethersMessage, toHex(one))).to.equal(signer.address);
        expect(recoverSigner(domain, RECEIPT, message, one, backend)).to.equal(signer.address.toLowerCase());
      }
    });
  }

  it("finds the signer, and another one for another message, domain or signature", () => {
    const own = wallet.address.toLowerCase();
    expect(recoverSigner(domain, RECEIPT, message, signature)).to.equal(own);
    const other = { ...message, answerHash: new Uint8Array(32) };
    expect(recoverSigner(domain, RECEIPT, other, signature)).to.not.equal(own);
    expect(recoverSigner({ ...domain, chainId: 1n }, RECEIPT, message, signature)).to.not.equal(own);
    const flipped = Uint8Array.from(signature);
    flipped[64] = 55 - flipped[64];
    expect(recoverSigner(domain, RECEIPT, message, flipped)).to.not.equal(own);
  });

  it("writes the compact form of EIP-2098 and reads it back", () => {
    for (let filling = 1; filling < 9; filling++) {
      const one = signTypedData(new Uint8Array(32).fill(filling), domain, RECEIPT, message);
      const { r, yParityAndS } = Signature.from(toHex(one));
      const compact = compactSignature(one);
      expect([toHex(compact.r), toHex(compact.vs)]).to.deep.equal([r, yParityAndS]);
      expect(expandedSignature(compact)).to.deep.equal(one);
    }
  });

  it("refuses every other form of a signature", () => {
    const { r, s, v } = Signature.from(toHex(signature));
    const highS = Signature.from({ r, s, v }).r + (ORDER - BigInt(s)).toString(16).padStart(64, "0");
    const refused: Record<string, Uint8Array> = {
      empty: new Uint8Array(),
      short: signature.subarray(0, 64),
      long: new Uint8Array(66),
      "r off the curve": Uint8Array.from([...fromHex("0x" + "5".padStart(64, "0")), ...signature.subarray(32)]),
      "v of 0": Uint8Array.from([...signature.subarray(0, 64), 0]),
      "high s": Uint8Array.from([...fromHex(highS), 28 - (v - 27)]),
      "r of 0": Uint8Array.from([...new Uint8Array(32), ...signature.subarray(32)]),
      "s of 0": Uint8Array.from([...signature.subarray(0, 32), ...new Uint8Array(32), 27]),
      "r of n": Uint8Array.from([...fromHex("0x" + ORDER.toString(16)), ...signature.subarray(32)]),
    };
    for (const [name, bytes] of Object.entries(refused)) {
      for (const backend of backends) {
        const error = thrown(() => recoverSigner(domain, RECEIPT, message, bytes, backend));
        expect(error.code, name).to.equal("E_BAD_SIGNATURE");
        expect(error.data).to.deep.equal({ length: bytes.length });
      }
    }
  });
});
