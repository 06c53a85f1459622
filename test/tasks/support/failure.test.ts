import { expect } from "chai";
import { HardhatError } from "hardhat/internal/core/errors";
import { ERRORS } from "hardhat/internal/core/errors-list";

import { reportFailure } from "../../../tasks/support/failure";

describe("failure", () => {
  const json = (error: unknown) => {
    const { exitCode, stdout, stderr } = reportFailure(error, { json: true });
    expect(stderr).to.equal("");
    const { ok, error: told } = JSON.parse(stdout) as { ok: boolean; error: { code: string; data: object } };
    expect(ok).to.equal(false);
    return { exitCode, ...told };
  };

  it("blames the chain when Hardhat's provider loses it on the way", () => {
    for (const [descriptor, args] of [
      [ERRORS.NETWORK.NODE_IS_NOT_RUNNING, { network: "localhost" }],
      [ERRORS.NETWORK.NETWORK_TIMEOUT, {}],
      [ERRORS.NETWORK.INVALID_JSON_RESPONSE, { response: "<html>" }],
    ] as const)
      expect(json(new HardhatError(descriptor, args))).to.include({ exitCode: 4, code: "E_RPC_FAILED" });
    const args = { configChainId: 11155111, connectionChainId: 31337 };
    const wrong = json(new HardhatError(ERRORS.NETWORK.INVALID_GLOBAL_CHAIN_ID, args));
    expect(wrong).to.include({ exitCode: 7, code: "E_WRONG_CHAIN" });
    expect(wrong.data).to.deep.equal({ got: 31337, expected: 11155111 });
  });

  it("calls what nobody foresaw a bug", () => {
    expect(json(new TypeError("x is undefined"))).to.include({ exitCode: 1, code: "E_UNEXPECTED" });
    const other = new HardhatError(ERRORS.GENERAL.ASSERTION_ERROR, { message: "x" });
    expect(json(other)).to.include({ exitCode: 1, code: "E_UNEXPECTED" });
  });
});
