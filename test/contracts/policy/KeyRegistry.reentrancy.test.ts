import { ethers } from "hardhat";

import { compressedKey } from "../../support/keys";
import { Random } from "../../support/random";
import { itWithstandsReentrancy } from "../../support/reentrancy";

const random = new Random(0x4eeen);
const KEY = compressedKey(random);

describe(`KeyRegistry: reentrancy (seed ${random.seed})`, () => {
  itWithstandsReentrancy({
    contract: "KeyRegistry",
    async deploy() {
      const target = await ethers.deployContract("KeyRegistry");
      return { target, hostile: await ethers.deployContract("Hostile__Mock", [target]) };
    },
    calls: {
      publish: ({ hostile }) => [KEY, KEY, hostile.target],
      publishPathKey: () => [ethers.id("/pictures"), KEY],
    },
    callers: [],
    questions: async () => [],
  });
});
