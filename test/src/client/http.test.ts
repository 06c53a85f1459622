import { expect } from "chai";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

import { exchange, type HttpOptions, MAX_ANSWER_BYTES } from "../../../src/client/http";
import { rejection } from "../../support/errors";

describe("http", () => {
  let server: Server;
  let url: string;
  let answer: (request: IncomingMessage, response: ServerResponse) => void;

  before(async () => {
    server = createServer((request, response) => answer(request, response));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });

  const options: HttpOptions = { fetch, timeoutMs: 5_000 };

  it("posts JSON and gives status and text back", async () => {
    answer = (request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        const { method, headers } = request;
        response.statusCode = 403;
        response.end(JSON.stringify([method, headers["content-type"], Buffer.concat(chunks).toString()]));
      });
    };
    const { status, text } = await exchange({ url, body: '{"a":1}' }, options);
    expect(status).to.equal(403);
    expect(JSON.parse(text)).to.deep.equal(["POST", "application/json", '{"a":1}']);
    expect(JSON.parse((await exchange({ url }, options)).text)[0]).to.equal("GET");
  });

  it("follows no redirect", async () => {
    let asked = 0;
    answer = (_request, response) => {
      asked++;
      response.writeHead(302, { location: `${url}/elsewhere` }).end();
    };
    expect((await rejection(exchange({ url }, options))).code).to.equal("E_BAD_ANSWER");
    expect(asked).to.equal(1);
  });

  it("reads no more than the limit, whatever the length is said to be", async () => {
    answer = (_request, response) => response.end(Buffer.alloc(MAX_ANSWER_BYTES, "x"));
    expect((await exchange({ url }, options)).text).to.have.length(MAX_ANSWER_BYTES);
    answer = (_request, response) => {
      const more = () => {
        while (!response.destroyed && response.write(Buffer.alloc(65_536, "x")));
      };
      response.on("drain", more);
      more();
    };
    expect((await rejection(exchange({ url }, options))).code).to.equal("E_BAD_ANSWER");
  });

  it("waits no longer than its time, for headers and for the body", async () => {
    for (const start of [() => undefined, (response: ServerResponse) => response.write("{")]) {
      answer = (_request, response) => void start(response);
      const error = await rejection(exchange({ url }, { ...options, timeoutMs: 50 }));
      expect(error.code).to.equal("E_TIMEOUT");
      expect(error.data).to.deep.equal({ timeoutMs: 50 });
    }
  });

  it("says why a node cannot be reached", async () => {
    const closed = createServer();
    await new Promise<void>((resolve) => closed.listen(0, "127.0.0.1", resolve));
    const { port } = closed.address() as AddressInfo;
    await new Promise((resolve) => closed.close(resolve));
    const error = await rejection(exchange({ url: `http://127.0.0.1:${port}` }, options));
    expect(error.code).to.equal("E_UNREACHABLE");
    expect(error.data).to.deep.equal({ reason: "ECONNREFUSED" });
    answer = (_request, response) => response.destroy();
    expect((await rejection(exchange({ url }, options))).code).to.equal("E_UNREACHABLE");
  });

  it("ends with the caller's reason when the caller ends it", async () => {
    const reason = new Error("enough");
    const controller = new AbortController();
    answer = () => controller.abort(reason);
    const ended = await exchange({ url }, { ...options, signal: controller.signal }).catch((error: unknown) => error);
    expect(ended).to.equal(reason);
  });
});
