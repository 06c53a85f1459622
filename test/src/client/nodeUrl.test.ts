import { expect } from "chai";

import { nodeBaseUrl } from "../../../src/client/nodeUrl";
import { thrown } from "../../support/errors";

describe("nodeUrl", () => {
  const anywhere = (url: string) => nodeBaseUrl(url, { loopback: false });
  const locally = (url: string) => nodeBaseUrl(url, { loopback: true });

  it("takes https to public names, with or without port and path", () => {
    expect(anywhere("https://ada.example")).to.equal("https://ada.example");
    expect(anywhere("https://ada.example:7151/")).to.equal("https://ada.example:7151");
    expect(anywhere("https://ada.example/nkms//")).to.equal("https://ada.example/nkms");
    expect(anywhere("https://8.8.8.8")).to.equal("https://8.8.8.8");
    expect(anywhere("https://[2606:4700::1]")).to.equal("https://[2606:4700::1]");
  });

  it("takes loopback addresses where they are allowed", () => {
    for (const url of ["http://127.0.0.1:7151", "http://localhost:1", "http://[::1]:7151", "https://localhost"]) {
      expect(locally(url)).to.equal(url);
      expect(thrown(() => anywhere(url)).code).to.equal("E_BAD_URL");
    }
  });

  const refused = [
    "", "ada.example", "ftp://ada.example", "file:///etc/passwd", "javascript:alert(1)", "http://ada.example",
    "https://u:p@ada.example", "https://ada.example?x", "https://ada.example/#x", "ftp://localhost", "unix:///run/x",
    "https://10.0.0.1", "https://192.168.1.1", "https://172.16.0.1", "https://172.31.255.255", "https://169.254.169.254",
    "https://100.64.0.1", "https://0.0.0.0", "https://[::]", "https://[fd00::1]", "https://[fe80::1]",
    "https://[::ffff:10.0.0.1]", "https://[::ffff:7f00:1]", "https://0x0a000001", "https://167772161", "https://012.1.1.1",
  ]; // prettier-ignore
  it("refuses every other address, however it is written", () => {
    for (const url of refused) {
      for (const read of [anywhere, locally]) {
        const error = thrown(() => read(url));
        expect(error.code, url).to.equal("E_BAD_URL");
        expect(error.data).to.deep.equal({ url });
      }
    }
  });

  it("refuses loopback in disguise where it is not allowed", () => {
    for (const url of [
      "https://127.1",
      "https://2130706433",
      "https://0x7f.1",
      "https://127.9.9.9",
      "https://LOCALHOST",
    ]) {
      expect(thrown(() => anywhere(url)).code, url).to.equal("E_BAD_URL");
    }
  });
});
