import { expect } from "chai";
import Module from "node:module";

import { loadMclPairing } from "../../../src/crypto/pairingMcl";
import { rejection } from "../../support/errors";

describe("loadMclPairing", () => {
  it("says what to install where the package is missing", async () => {
    const loader = Module as unknown as { _load: (request: string, ...rest: unknown[]) => unknown };
    const original = loader._load;
    loader._load = (request, ...rest) => {
      if (request === "mcl-wasm") throw new Error("not installed");
      return original.call(Module, request, ...rest);
    };
    try {
      const error = await rejection(loadMclPairing());
      expect(error.code).to.equal("E_NO_BACKEND");
      expect(error.data).to.deep.equal({ got: "mcl", expected: ["noble"] });
      expect(error.fix).to.contain("mcl-wasm");
    } finally {
      loader._load = original;
    }
  });
});
