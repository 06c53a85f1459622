import { expect } from "chai";
import { encodeBytes32String, getAddress, Interface } from "ethers";
import { artifacts } from "hardhat";

import { NkmsError } from "../../../src/errors";
import { ContractRefusal, explain, REFUSAL_TEXTS, refusal, refusalCode } from "../../../src/chain/refusals";

interface AbiEntry {
  type: string;
  name: string;
  inputs: { name: string; type: string }[];
}

const MINIMUM = 15_000n * 10n ** 18n;

/** The custom errors in the ABIs of all our contracts and libraries, each signature once. */
async function ourErrors(): Promise<AbiEntry[]> {
  const names = (await artifacts.getAllFullyQualifiedNames()).filter(
    (name) => name.startsWith("contracts/") && !name.startsWith("contracts/mocks/"),
  );
  const abis = await Promise.all(names.map(async (name) => (await artifacts.readArtifact(name)).abi as AbiEntry[]));
  const errors = abis.flat().filter(({ type }) => type === "error");
  return [...new Map(errors.map((entry) => [signatureOf(entry), entry])).values()];
}

function signatureOf({ name, inputs }: AbiEntry): string {
  return `error ${name}(${inputs.map((input) => `${input.type} ${input.name}`).join(", ")})`;
}

/** A value of a type; another `variant`, another value. */
function sample(type: string, variant = 1): string | bigint {
  const hex = (bytes: number) => `0x${variant.toString(16).padStart(2, "0").repeat(bytes)}`;
  if (type === "address") return getAddress(hex(20));
  if (type === "string") return "text".repeat(variant);
  const bytes = /^bytes(\d+)$/.exec(type);
  if (!bytes) return type.startsWith("uint8") || type === "uint16" ? BigInt(variant) : BigInt(variant) * 1_000_000n;
  return bytes[1] === "32" ? encodeBytes32String(`name${variant}`) : hex(Number(bytes[1]));
}

/** What the SDK makes of a contract's revert with this error. */
function decoded(entry: AbiEntry, args: readonly (string | bigint)[]): NkmsError {
  return explain({ data: new Interface([signatureOf(entry)]).encodeErrorResult(entry.name, args) });
}

function depositBelowMinimum(): string {
  const abi = new Interface(["error DepositBelowMinimum(uint256 amount, uint256 minimum)"]);
  return abi.encodeErrorResult("DepositBelowMinimum", [10n ** 19n, MINIMUM]);
}

describe("refusals", () => {
  let found: AbiEntry[];

  before(async () => {
    found = await ourErrors();
  });

  it("decodes every custom error of every contract into what, why and what to do, with all its values", () => {
    expect(found.length).to.be.greaterThan(100);
    for (const entry of found) {
      const args = entry.inputs.map(({ type }) => sample(type));
      const error = decoded(entry, args);
      expect(error, entry.name).to.be.instanceOf(ContractRefusal);
      expect(error.code).to.equal(refusalCode(entry.name));
      expect(error.data).to.deep.equal(Object.fromEntries(entry.inputs.map(({ name }, i) => [name, args[i]])));
      for (const text of [error.message, error.why, error.fix]) {
        expect(text, entry.name).to.match(/^\S.*\S$/);
        expect(text, entry.name).not.to.match(/undefined|NaN|\[object/);
      }
    }
  });

  it("shows each value in its words: another value, other words", () => {
    const wordsOf = ({ message, why, fix }: NkmsError) => [message, why, fix].join("\n");
    for (const entry of found) {
      const args = entry.inputs.map(({ type }) => sample(type));
      const words = wordsOf(decoded(entry, args));
      entry.inputs.forEach(({ name, type }, index) => {
        const changed = wordsOf(
          decoded(
            entry,
            args.map((arg, i) => (i === index ? sample(type, 2) : arg)),
          ),
        );
        expect(changed, `${entry.name}.${name}`).to.not.equal(words);
      });
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
