import { expect } from "chai";

import { alice as aliceVerbs } from "../../../src/client/alice";
import { rejection } from "../../support/errors";
import { MemoryNetwork } from "../../support/memoryNetwork";

describe("write", () => {
  it("refuses what is neither text nor bytes, and writes nothing", async () => {
    const network = await MemoryNetwork.open("write", 1);
    const alice = network.person("alice");
    const verbs = aliceVerbs(alice);
    for (const [data, got] of [
      [42, "number"],
      [undefined, "undefined"],
      [null, "null"],
      [{ a: 1 }, "object"],
    ] as const) {
      const error = await rejection(verbs.write("memory://a", data as unknown as string));
      expect(error.code).to.equal("E_BAD_DATA");
      expect(error.data).to.deep.equal({ got });
    }
    expect((await rejection(alice.storage.read("memory://a"))).code).to.equal("E_NOT_FOUND");
    await network.close();
  });
});
