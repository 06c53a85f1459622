import { loadFixture } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { ethers } from "hardhat";

const ALLOWED = [
  "https://a",
  "https://node.example:8443/path",
  "https://[2001:db8::1]/",
  "http://127.0.0.1",
  "http://127.0.0.1:9151",
  "http://localhost/",
  "http://localhost:1/x",
  "http://[::1]:80",
];

const REFUSED = [
  "",
  "h",
  "https://",
  "https:///path",
  "https://:",
  "https://:8443",
  "HTTPS://a",
  "ftp://a",
  "//a",
  "http://",
  "http://a",
  "http://127.0.0.2",
  "http://127.0.0.1.evil.example",
  "http://127.0.0.10",
  "http://localhost.evil.example",
  "http://localhostx",
  "http://localhos",
  "http://[::1",
  "http://[::1]x",
  "http://localhost@evil.example",
  "http://localhost:x@evil.example",
  "https://user:password@node.example",
  "https://node.example\\x",
  "https://node.example/?q",
  "https://node.example/#f",
  "https://node.example/a b",
  "https://node.example/\n",
  "https://nöde.example",
  "https://node.example/\x7f",
  " https://node.example",
];

describe("ServiceUrl", () => {
  const deploy = () => ethers.deployContract("ServiceUrl__Harness");

  for (const url of ALLOWED) {
    it(`allows ${url}`, async () => {
      expect(await (await loadFixture(deploy)).isAllowed(url)).to.equal(true);
    });
  }

  for (const url of REFUSED) {
    it(`refuses ${JSON.stringify(url)}`, async () => {
      expect(await (await loadFixture(deploy)).isAllowed(url)).to.equal(false);
    });
  }
});
