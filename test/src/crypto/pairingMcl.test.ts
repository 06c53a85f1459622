import { expect } from "chai";
import Module from "node:module";

import { loadMclPairing } from "../../../src/crypto/pairingMcl";
import { rejection } from "../../support/errors";

describe("loadMclPairing", () => {
  it("says what to install where the package is missing", async () => {
    const resolver = Module as unknown as { _resolveFilename: (request: string, ...rest: unknown[]) => string };
    const original = resolver._resolveFilename;
    resolver._resolveFilename = (request, ...rest) =>
      original.call(Module, request === "mcl-wasm" ? "no such package" : request, ...rest);
    try {
      const error = await rejection(loadMclPairing());
      expect(error.code).to.equal("E_NO_BACKEND");
      expect(error.data).to.deep.equal({ got: "mcl", expected: ["noble"] });
      expect(error.fix).to.contain("mcl-wasm");
    } finally {
      resolver._resolveFilename = original;
    }
  });
});
