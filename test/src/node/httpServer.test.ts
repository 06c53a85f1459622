import { expect } from "chai";
import { connect, type Socket } from "node:net";
import { gzipSync } from "node:zlib";

import { decodeProblem } from "../../../src/protocol/problem";
import { encode } from "../../../src/protocol/codec";
import { reencryptRequest } from "../../../src/protocol/messages";
import { engineWith, grantOf, requestOf, World } from "../../support/node/world";

const POSTS = ["/v1/offers", "/v1/grants", "/v1/reencrypt"];

/** What a raw connection got until the other side closed it. */
async function talk(port: number, ...parts: string[]): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  for (const part of parts) socket.write(part);
  return ended(socket);
}

async function ended(socket: Socket): Promise<string> {
  const chunks: Buffer[] = [];
  socket.on("data", (chunk: Buffer) => chunks.push(chunk));
  socket.on("error", () => undefined);
  if (!socket.closed) await new Promise((resolve) => socket.once("close", resolve));
  return Buffer.concat(chunks).toString();
}

describe("httpServer", () => {
  let world: World;

  afterEach(() => world.close());

  context("with the usual limits", () => {
    beforeEach(async () => {
      world = await World.open();
    });

    for (const path of POSTS) {
      it(`answers a malformed body at ${path} by a code and never by a stack`, async () => {
        const corpus: [body: string, status: number, code: string][] = [
          ["", 400, "E_BAD_JSON"],
          ["{", 400, "E_BAD_JSON"],
          ['{"a":1,"a":1}', 400, "E_BAD_JSON"],
          ['{"__proto__":{"accept":true}}', 400, "E_BAD_JSON"],
          ['{"constructor":{"prototype":{}}}', 400, "E_BAD_JSON"],
          ["[".repeat(30_000) + "]".repeat(30_000), 400, "E_BAD_JSON"],
          ["{}\u0000", 400, "E_BAD_JSON"],
          ["null", 422, "E_SCHEMA"],
          ["[]", 422, "E_SCHEMA"],
          ['"text"', 422, "E_SCHEMA"],
          ["{}", 422, "E_SCHEMA"],
          ['{"x":1e999}', 422, "E_SCHEMA"],
        ];
        for (const [body, status, code] of corpus) {
          const reply = await world.post(path, body);
          const problem = decodeProblem(reply.text);
          expect([reply.status, problem.code], body.slice(0, 40)).to.deep.equal([status, code]);
          expect(reply.text).not.to.match(/node_modules|src\/node|\bat /);
          expect(reply.headers.get("content-type")).to.equal("application/problem+json; charset=utf-8");
        }
        expect(world.logged("unexpected")).to.deep.equal([]);
      });
    }

    it("refuses a body of 64 KiB and a byte, takes one of 64 KiB", async () => {
      const padded = (bytes: number) => encode(reencryptRequest, requestOf(grantOf())).padEnd(bytes, " ");
      const large = await world.post("/v1/reencrypt", padded(65_537));
      expect([large.status, decodeProblem(large.text).code]).to.deep.equal([413, "E_TOO_LARGE"]);
      expect(decodeProblem(large.text).data).to.deep.equal({ maxBytes: 65_536 });
      const fitting = await world.post("/v1/reencrypt", padded(65_536));
      expect(decodeProblem(fitting.text).code).to.equal("E_NO_GRANT");
    });

    it("refuses a chunked body as soon as it is too large", async () => {
      const head =
        "POST /v1/grants HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";
      const chunk = "8000\r\n" + " ".repeat(0x8000) + "\r\n";
      const answer = await talk(world.node.port, head, chunk, chunk, chunk);
      expect(answer).to.match(/^HTTP\/1\.1 413 /);
    });

    it("refuses anything but plain JSON in UTF-8", async () => {
      const cases: [string | Uint8Array<ArrayBuffer>, Record<string, string>, number, string][] = [
        ["{}", { "content-type": "text/plain" }, 415, "E_MEDIA_TYPE"],
        ["a=1", { "content-type": "application/x-www-form-urlencoded" }, 415, "E_MEDIA_TYPE"],
        [Uint8Array.from(gzipSync("{}")), { "content-encoding": "gzip" }, 415, "E_MEDIA_TYPE"],
        [Uint8Array.of(0x22, 0xff, 0x22), {}, 400, "E_BAD_JSON"],
        ["\ufeff{}", {}, 400, "E_BAD_JSON"],
      ];
      for (const [body, headers, status, code] of cases) {
        const reply = await world.post("/v1/offers", body, headers);
        expect([reply.status, decodeProblem(reply.text).code]).to.deep.equal([status, code]);
      }
    });

    it("refuses more than 64 headers, and more than 16 KiB of them", async () => {
      const many = Object.fromEntries(Array.from({ length: 70 }, (_, index) => [`x-${index}`, "1"]));
      const reply = await world.post("/v1/offers", "{}", many);
      expect([reply.status, decodeProblem(reply.text).code]).to.deep.equal([431, "E_HEADERS_TOO_LARGE"]);
      expect(decodeProblem(reply.text).data).to.deep.equal({ maxBytes: 16_384, maxHeaders: 64 });
      const answer = await talk(
        world.node.port,
        `GET /v1/info HTTP/1.1\r\nHost: x\r\nX: ${"y".repeat(17_000)}\r\n\r\n`,
      );
      expect(answer)
        .to.match(/^HTTP\/1\.1 431 /)
        .and.contain("E_HEADERS_TOO_LARGE");
    });

    it("answers what is not HTTP and cuts the connection", async () => {
      for (const noise of ["hello\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"]) {
        const answer = await talk(world.node.port, noise);
        expect(answer)
          .to.match(/^HTTP\/1\.1 400 /)
          .and.contain("E_BAD_REQUEST");
      }
    });

    it("knows no other path or method", async () => {
      const replies = [
        await world.get("/"),
        await world.get("/v1/grants"),
        await world.post("/v1/info", "{}"),
        await world.get("/v1/../../etc/passwd"),
        await world.get("/v1/%00"),
      ];
      for (const { status, text } of replies) {
        expect(status).to.be.oneOf([400, 404]);
        expect(decodeProblem(text).code).to.be.oneOf(["E_NOT_FOUND", "E_BAD_REQUEST"]);
      }
    });

    it("says nothing about a failure nobody foresaw, and logs where it arose without its words", async () => {
      const broken = engineWith({
        verifyCapsule: () => {
          throw new TypeError("canary in the message");
        },
      });
      await world.restart({ engine: broken });
      const grant = await world.fund();
      const { status, text } = await world.post("/v1/reencrypt", encode(reencryptRequest, requestOf(grant)));
      expect(decodeProblem(text).toJSON()).to.deep.include({ code: "E_INTERNAL", data: {} });
      expect(status).to.equal(500);
      const [line] = world.logged("unexpected");
      expect(line).to.include({ level: "error", where: "/v1/reencrypt", name: "TypeError" });
      expect(line.frames).to.match(/httpServer\.test\.ts/);
      expect(text + world.lines.join()).not.to.contain("canary");
    });
  });

  it("refuses a flood with 429 and recovers", async () => {
    world = await World.open({ limits: { perIp: { perSecond: 10, burst: 5 } } });
    const codes = [];
    for (let index = 0; index < 8; index++) codes.push((await world.get("/health/live")).status);
    expect(codes).to.deep.equal([200, 200, 200, 200, 200, 429, 429, 429]);
    const refused = await world.get("/health/live");
    expect(decodeProblem(refused.text).toJSON()).to.deep.include({ code: "E_RATE", data: { retryAfterSeconds: 1 } });
    expect(refused.headers.get("retry-after")).to.equal("1");
    world.clock.advance(1_000);
    expect((await world.get("/health/live")).status).to.equal(200);
  });

  it("believes X-Forwarded-For of a trusted proxy only", async () => {
    const limits = { perIp: { perSecond: 1, burst: 1 } };
    world = await World.open({ limits, trustedProxies: ["127.0.0.1"] });
    const live = (from: string) => world.post("/nowhere", "{}", { "x-forwarded-for": from });
    expect((await live("192.0.2.1")).status).to.equal(404);
    expect((await live("192.0.2.1")).status).to.equal(429);
    expect((await live("192.0.2.2")).status).to.equal(404);
    await world.restart({ trustedProxies: [] });
    expect((await live("192.0.2.3")).status).to.equal(404);
    expect((await live("192.0.2.4")).status).to.equal(429);
  });

  it("cuts slow headers, slow bodies and silent connections in their time", async () => {
    world = await World.open({ limits: { headersTimeoutMs: 300, requestTimeoutMs: 500 } });
    const { port } = world.node;
    const began = performance.now();
    const [headers, body, silent] = await Promise.all([
      talk(port, "GET /v1/info HTTP/1.1\r\nHost: x\r\n"),
      talk(
        port,
        "POST /v1/offers HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n{",
      ),
      talk(port),
    ]);
    expect(performance.now() - began).to.be.below(4_500); // the usual limit for headers is 5 s
    for (const answer of [headers, body])
      expect(answer)
        .to.match(/^HTTP\/1\.1 408 /)
        .and.contain("E_TIMEOUT");
    expect(silent).to.match(/^(HTTP\/1\.1 408 |$)/);
    expect((await world.get("/health/live")).status).to.equal(200);
  });

  it("takes so many connections of one address and no more", async () => {
    world = await World.open({ limits: { maxConnectionsPerIp: 3 } });
    const { port } = world.node;
    const held = [1, 2, 3].map(() => connect(port, "127.0.0.1"));
    await Promise.all(held.map((socket) => new Promise((resolve) => socket.once("connect", resolve))));
    expect(await talk(port, "GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n")).to.equal("");
    held[0].destroy();
    await new Promise((resolve) => held[0].once("close", resolve));
    held[1].write("GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    expect(await ended(held[1])).to.match(/^HTTP\/1\.1 200 /);
    expect(await talk(port, "GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")).to.match(/ 200 /);
    held[2].destroy();
  });
});
