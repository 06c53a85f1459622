import { expect } from "chai";
import type { LookupFunction } from "node:net";

import { exchange } from "../../../src/client/http";
import { isPublicAddress } from "../../../src/client/publicAddress";
import { publicFetch } from "../../../src/client/publicFetch";
import { rejection } from "../../support/errors";

/** A resolver that knows one name. */
function resolver(...addresses: string[]): LookupFunction {
  return (_host, options, callback) => {
    const found = addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 }));
    if (options.all) callback(null, found);
    else callback(null, found[0].address, found[0].family);
  };
}

describe("publicFetch", () => {
  const call = (resolve: LookupFunction) =>
    rejection(exchange({ url: "https://ada.example/v1/info" }, { fetch: publicFetch(resolve), timeoutMs: 2_000 }));

  for (const address of ["127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "::ffff:192.168.0.1", "fd00::7"]) {
    it(`opens no connection to a name that resolves to ${address}`, async () => {
      const error = await call(resolver(address));
      expect(error.code).to.equal("E_BAD_URL");
      expect(error.why).to.equal(`It resolves to ${address}, which is not on the public internet.`);
      expect(error.data).to.deep.equal({ url: "ada.example" });
    });
  }

  it("refuses a name of which only one address is inside", async () => {
    expect((await call(resolver("8.8.8.8", "10.0.0.1"))).why).to.include("10.0.0.1");
  });

  it("says that a name does not resolve", async () => {
    const nowhere: LookupFunction = (_host, _options, callback) =>
      callback(Object.assign(new Error("no such name"), { code: "ENOTFOUND" }), "", 0);
    const error = await call(nowhere);
    expect(error.code).to.equal("E_UNREACHABLE");
    expect(error.data).to.deep.equal({ reason: "ENOTFOUND" });
  });

  it("tells public addresses from the others at the edges of each range", () => {
    const inside = [
      "0.255.255.255", "100.64.0.0", "100.127.255.255", "172.16.0.0", "172.31.255.255", "192.0.0.255", "198.19.255.255",
      "224.0.0.1", "255.255.255.255", "::", "64:ff9b::a00:1", "2002:a00:1::", "2001::1", "febf::1", "fdff::1", "ff02::1",
    ]; // prettier-ignore
    const outside = [
      "1.0.0.0", "100.63.255.255", "100.128.0.0", "172.15.255.255", "172.32.0.0", "192.0.1.0", "198.20.0.0", "223.255.255.255",
      "2606:4700::1", "2001:4860:4860::8888", "fbff::1",
    ]; // prettier-ignore
    for (const address of inside) expect(isPublicAddress(address), address).to.equal(false);
    for (const address of outside) expect(isPublicAddress(address), address).to.equal(true);
  });
});
