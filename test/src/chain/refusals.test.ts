import { expect } from "chai";
import { Interface } from "ethers";
import { artifacts } from "hardhat";

import { NkmsError } from "../../../src/errors";
import { ContractRefusal, explain, REFUSAL_TEXTS, refusal, refusalCode } from "../../../src/chain/refusals";

interface AbiEntry {
  type: string;
  name: string;
  inputs: { name: string; type: string }[];
}

const MINIMUM = 15_000n * 10n ** 18n;

async function ourErrors(): Promise<AbiEntry[]> {
  const names = (await artifacts.getAllFullyQualifiedNames()).filter(
    (name) => name.startsWith("contracts/") && !name.startsWith("contracts/mocks/"),
  );
  const abis = await Promise.all(names.map(async (name) => (await artifacts.readArtifact(name)).abi as AbiEntry[]));
  return abis.flat().filter(({ type }) => type === "error");
}

function sample(type: string): string | bigint {
  if (type === "address") return "0x00000000000000000000000000000000000000aA";
  if (type === "string") return "text";
  const bytes = /^bytes(\d+)$/.exec(type);
  return bytes ? "0x" + "00".repeat(Number(bytes[1])) : 7n;
}

function depositBelowMinimum(): string {
  const abi = new Interface(["error DepositBelowMinimum(uint256 amount, uint256 minimum)"]);
  return abi.encodeErrorResult("DepositBelowMinimum", [10n ** 19n, MINIMUM]);
}

describe("refusals", () => {
  it("has words for every custom error of every contract", async () => {
    const errors = await ourErrors();
    expect(errors).not.to.be.empty;
    for (const { name, inputs } of errors) {
      expect(REFUSAL_TEXTS, name).to.have.property(name);
      const args = Object.fromEntries(inputs.map((input) => [input.name, sample(input.type)]));
      const { message, why, fix } = REFUSAL_TEXTS[name](args);
      for (const text of [message, why, fix]) {
        expect(text, name).to.match(/^\S.*\S$/);
        expect(text, name).not.to.match(/undefined|NaN|\[object/);
      }
    }
  });

  it("names every argument of an error in its words", async () => {
    for (const { name, inputs } of await ourErrors()) {
      const args = Object.fromEntries(inputs.map((input) => [input.name, sample(input.type)]));
      const read = new Set<string>();
      const watched = new Proxy(args, { get: (target, key: string) => (read.add(key), target[key]) });
      REFUSAL_TEXTS[name](watched);
      expect([...read], name).to.include.members(inputs.map((input) => input.name));
    }
  });

  it("makes the code from the error's name", () => {
    expect(refusalCode("StillLocked")).to.equal("E_STILL_LOCKED");
    expect(refusalCode("ERC20InsufficientBalance")).to.equal("E_ERC20_INSUFFICIENT_BALANCE");
    expect(refusalCode("ECDSAInvalidSignatureS")).to.equal("E_ECDSA_INVALID_SIGNATURE_S");
    expect(refusalCode("NotOnCurve")).to.equal("E_NOT_ON_CURVE");
  });

  it("gives different errors different codes", () => {
    const names = Object.keys(REFUSAL_TEXTS);
    expect(new Set(names.map(refusalCode)).size).to.equal(names.length);
  });

  it("decodes revert data wherever a server puts it", () => {
    const data = depositBelowMinimum();
    const shapes = [
      { data },
      { data: { message: "reverted", data } },
      { error: { code: 3, data } },
      { info: { error: { data: { data } } } },
      Object.assign(new Error("reverted"), { cause: { data } }),
    ];
    for (const shape of shapes) {
      const error = explain(shape);
      expect(error).to.be.instanceOf(ContractRefusal);
      expect(error.code).to.equal("E_DEPOSIT_BELOW_MINIMUM");
      expect(error.message).to.equal("10 NKMS is below the minimum of 15000 NKMS.");
      expect(error.why).to.equal("Every position must hold at least the minimum deposit. Nothing was sent.");
      expect(error.data).to.deep.equal({ amount: 10n ** 19n, minimum: MINIMUM });
    }
  });

  it("does not take a transaction's own data for revert data", () => {
    const transaction = { from: "0x00", to: "0x00", data: depositBelowMinimum() };
    expect(explain({ message: "socket hang up", info: { payload: {}, error: { data: transaction } } }).code).to.equal(
      "E_RPC_FAILED",
    );
  });

  it("tells panics and foreign reverts from refusals", () => {
    const builtin = new Interface(["error Panic(uint256 code)", "error Error(string reason)"]);
    const panic = explain({ data: builtin.encodeErrorResult("Panic", [0x11n]) });
    expect([panic.code, panic.why]).to.deep.equal(["E_REVERTED", "It said Panic(17)."]);
    const text = explain({ data: builtin.encodeErrorResult("Error", ["paused"]) });
    expect([text.code, text.why]).to.deep.equal(["E_REVERTED", "It said Error(paused)."]);
    expect(explain({ data: "0x12345678" }).why).to.equal("It said 0x12345678.");
  });

  it("types what goes wrong on the way to the chain", () => {
    const coded = (code: string) => explain(Object.assign(new Error("x"), { code, shortMessage: "short" }));
    expect(coded("INSUFFICIENT_FUNDS").code).to.equal("E_NO_ETHER");
    expect(coded("NONCE_EXPIRED").code).to.equal("E_NONCE_TAKEN");
    expect(coded("REPLACEMENT_UNDERPRICED").code).to.equal("E_NONCE_TAKEN");
    expect(coded("ECONNREFUSED").message).to.equal("The chain's RPC server failed: short");
    const unfit = explain(
      Object.assign(new Error("x"), {
        code: "INVALID_ARGUMENT",
        argument: "lockPeriods",
        shortMessage: "out-of-bounds",
      }),
    );
    expect([unfit.code, unfit.message]).to.deep.equal([
      "E_BAD_ARGUMENT",
      "The value of lockPeriods does not fit: out-of-bounds.",
    ]);
    expect(unfit.data).to.deep.equal({ argument: "lockPeriods" });
    const typed = new NkmsError("E_X", "typed");
    expect(explain(typed)).to.equal(typed);
  });

  it("gives the words of a refusal before a contract is asked, with the time where it is known", () => {
    const args = { index: 0n, withdrawablePeriod: 9n, currentPeriod: 7n };
    const error = refusal("StillLocked", { ...args, withdrawableAt: 86_400n });
    expect(error.code).to.equal("E_STILL_LOCKED");
    expect(error.message).to.equal("Position 0 can be withdrawn from period 9 on, 1970-01-02 00:00:00 UTC.");
    expect(error.data).to.deep.equal({ ...args, withdrawableAt: 86_400n });
    expect(refusal("StillLocked", args).message).to.equal("Position 0 can be withdrawn from period 9 on.");
  });
});
