import { expect } from "chai";

import type { NkmsError } from "../../../src/errors";
import { Census } from "../../../src/node/census";
import { DEFAULT_LIMITS, type Limits } from "../../../src/node/limits";
import { requireRoom } from "../../../src/node/room";
import { grantOf, nodeState, random, SHARE_INDEX } from "../../support/node/world";

describe("requireRoom", () => {
  const LIMITS = { maxPending: 64, networksToFill: 16, minPerNetwork: 2 };
  const { terms, ownerKeys, commitments, condition } = grantOf();
  const commitment = commitments[SHARE_INDEX];

  /** Grants one more until the answer is no; how many were let in, and the answer. */
  function fill(census: Census, capacity: bigint, network: string, limits: Partial<Limits> = {}): [number, object] {
    const node = { terms: { ...nodeState().terms, capacity } };
    const context = { store: { census }, limits: { ...DEFAULT_LIMITS, ...LIMITS, ...limits } };
    for (let count = 0; ; count++) {
      try {
        requireRoom(context, node, network);
      } catch (error) {
        const { code, data } = error as NkmsError;
        expect(code).to.equal("E_FULL");
        return [count, data];
      }
      add(census, { network });
    }
  }

  function add(census: Census, state: { network?: string; fundedUntil?: bigint }): void {
    census.add({ policyId: random(32), terms, shareIndex: SHARE_INDEX, commitment, ownerKeys, condition, ...state });
  }

  it("gives a network a sixteenth of the places, so that sixteen are needed to take all", () => {
    const census = new Census();
    for (let network = 0; network < 16; network++) {
      const outcome = fill(census, 1_000n, `192.0.2.${network}`);
      const data = network < 15 ? { pendingOfNetwork: 4, maxPending: 4 } : { pending: 64, maxPending: 64 };
      expect(outcome).to.deep.equal([4, data]);
    }
    expect(fill(census, 1_000n, "192.0.2.16")).to.deep.equal([0, { pending: 64, maxPending: 64 }]);
  });

  it("counts the places that paid fractions leave of the capacity", () => {
    const census = new Census();
    for (let paid = 0; paid < 52; paid++) add(census, { fundedUntil: 1n });
    expect(fill(census, 100n, "a")).to.deep.equal([3, { pendingOfNetwork: 3, maxPending: 3 }]);
  });

  it("lets a network have its least number, up to the capacity", () => {
    expect(fill(new Census(), 10n, "a")).to.deep.equal([2, { pendingOfNetwork: 2, maxPending: 2 }]);
    expect(fill(new Census(), 1n, "a")).to.deep.equal([1, { held: 1, capacity: 1n }]);
  });

  it("counts fractions whose network was forgotten against the places, not against a network", () => {
    const census = new Census();
    for (let forgotten = 0; forgotten < 62; forgotten++) add(census, {});
    expect(fill(census, 1_000n, "a")).to.deep.equal([2, { pending: 64, maxPending: 64 }]);
  });
});
