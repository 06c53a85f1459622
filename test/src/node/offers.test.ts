import { expect } from "chai";

import { decode, encode } from "../../../src/protocol/codec";
import { grantRequest, nodeInfo, offerRequest, type OfferRequest } from "../../../src/protocol/messages";
import { decodeProblem } from "../../../src/protocol/problem";
import { grantOf, KEYS, NOW, STAKER, World } from "../../support/node/world";

const OFFER: OfferRequest = {
  chainId: 31_337n,
  policyManager: "0x" + "ab".repeat(20),
  engine: "umbral",
  start: NOW,
  end: NOW + 86_400n,
  maxEnd: NOW + 172_800n,
  feeRate: 5n,
  conditional: false,
};

describe("offers", () => {
  let world: World;

  before(async () => {
    world = await World.open();
  });

  after(() => world.close());

  async function answer(offer: OfferRequest) {
    return world.post("/v1/offers", encode(offerRequest, offer));
  }

  async function refusal(offer: OfferRequest): Promise<[number, string, object]> {
    const { status, text } = await answer(offer);
    const { code, data } = decodeProblem(text);
    return [status, code, data];
  }

  it("refuses another engine", async () => {
    expect(await refusal({ ...OFFER, engine: "ecies" })).to.deep.equal([
      422,
      "E_WRONG_ENGINE",
      { got: "ecies", expected: "umbral" },
    ]);
  });

  it("refuses by the rules of grants", async () => {
    const codes = [
      await refusal({ ...OFFER, chainId: 1n }),
      await refusal({ ...OFFER, feeRate: 4n }),
      await refusal({ ...OFFER, end: NOW }),
      await refusal({ ...OFFER, start: NOW - 10n, end: NOW }),
      await refusal({ ...OFFER, end: NOW + 10n }),
    ].map(([, code]) => code);
    expect(codes).to.deep.equal(["E_WRONG_CHAIN", "E_FEE_TOO_LOW", "E_TERMS_MISMATCH", "E_EXPIRED", "E_DURATION"]);
  });

  it("accepts what a grant with the same terms would be accepted for", async () => {
    expect(await answer(OFFER)).to.include({ status: 200, text: '{"accept":true}' });
    expect(await answer({ ...OFFER, conditional: true })).to.include({ status: 200 });
    await world.grant(grantOf());
  });

  it("says that it is full", async () => {
    world.chain.node = { ...world.chain.node, terms: { ...world.chain.node.terms, capacity: 1n } };
    world.chain.mine();
    expect(await refusal(OFFER)).to.deep.equal([403, "E_FULL", { held: 1, capacity: "1" }]);
  });

  it("describes the node", async () => {
    const { status, text } = await world.get("/v1/info");
    expect(status).to.equal(200);
    expect(decode(nodeInfo, text)).to.deep.include({
      chainId: 31_337n,
      policyManager: OFFER.policyManager,
      staker: STAKER,
      worker: KEYS.worker.address,
      encryptionKey: KEYS.encryption.publicKey,
      engine: "umbral",
      feeRate: 5n,
      capacity: 1n,
      minDuration: 60n,
      maxDuration: 1_000_000n,
      readPrice: undefined,
    });
  });

  it("says that it is full for one network, and is not for another", async () => {
    world.chain.node = { ...world.chain.node, terms: { ...world.chain.node.terms, capacity: 100n } };
    world.chain.mine();
    await world.restart({ trustedProxies: ["127.0.0.1"], limits: { networksToFill: 100, minPerNetwork: 1 } });
    const from = (ip: string) => ({ "x-forwarded-for": ip });
    const granted = await world.post(
      "/v1/grants",
      encode(grantRequest, grantOf({ feeRate: 6n })),
      from("2001:db8:1:2::3"),
    );
    expect(granted.status).to.equal(200);
    const offered = (ip: string) => world.post("/v1/offers", encode(offerRequest, OFFER), from(ip));
    const sameSite = await offered("2001:db8:1:ffff::1");
    const { code, data } = decodeProblem(sameSite.text);
    expect([sameSite.status, code, data]).to.deep.equal([403, "E_FULL", { pendingOfNetwork: 1, maxPending: 1 }]);
    for (const ip of ["2001:db8:2::3", "192.0.2.1"]) expect((await offered(ip)).status, ip).to.equal(200);
  });
});
