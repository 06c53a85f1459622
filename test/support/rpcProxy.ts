import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

interface Call {
  id: unknown;
  method: string;
}

/** A JSON-RPC server that passes everything on to another, but says that it is of another chain. */
export async function pretendChain(target: string, chainId: number): Promise<{ url: string; close(): Promise<void> }> {
  const answer = async (call: Call): Promise<object> => {
    if (call.method === "eth_chainId") return { jsonrpc: "2.0", id: call.id, result: `0x${chainId.toString(16)}` };
    const headers = { "content-type": "application/json" };
    return (await (await fetch(target, { method: "POST", headers, body: JSON.stringify(call) })).json()) as object;
  };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = JSON.parse(Buffer.concat(chunks).toString()) as Call | Call[];
      const result: Promise<object> = Array.isArray(body) ? Promise.all(body.map(answer)) : answer(body);
      void result.then((value) => response.end(JSON.stringify(value)));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { url: `http://127.0.0.1:${port}`, close };
}
