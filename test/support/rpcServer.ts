import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

interface Provider {
  request(call: { method: string; params?: unknown[] }): Promise<unknown>;
}

interface RpcCall {
  id: unknown;
  method: string;
  params?: unknown[];
}

export interface RpcServer {
  readonly url: string;
  /** Called when a call was carried out and before it is answered. */
  onAnswer: (method: string) => void | Promise<void>;
  /** The Authorization header without which a call gets status 401; any will do if undefined. */
  authorization?: string;
  /** Calls of one function that the server fails at: with an error of its own, or by hanging up. */
  refuseCalls?: RefusedCalls;
  close(): Promise<void>;
}

export interface RefusedCalls {
  readonly selector: string;
  readonly fault: { readonly code: number; readonly message: string } | "hangUp";
}

/** The in-process chain over JSON-RPC on a loopback socket, so that other processes and real clients reach it. */
export async function serveRpc(provider: Provider): Promise<RpcServer> {
  const server = createServer((request, response) => {
    if (rpc.authorization !== undefined && request.headers.authorization !== rpc.authorization) {
      return void response.writeHead(401).end();
    }
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = JSON.parse(Buffer.concat(chunks).toString()) as RpcCall | RpcCall[];
      const one = async (call: RpcCall) => {
        const fault = refusedWith(rpc.refuseCalls, call);
        if (fault === "hangUp") throw new Error("hung up");
        if (fault) return { jsonrpc: "2.0", id: call.id, error: fault };
        const result = await answer(provider, call);
        await rpc.onAnswer(call.method);
        return result;
      };
      const answers = Array.isArray(body) ? Promise.all(body.map(one)) : one(body);
      void answers.then(
        (result) => response.setHeader("content-type", "application/json").end(JSON.stringify(result)),
        () => response.destroy(),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const rpc: RpcServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    onAnswer: () => undefined,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return rpc;
}

function refusedWith(
  refused: RefusedCalls | undefined,
  { method, params }: RpcCall,
): RefusedCalls["fault"] | undefined {
  const [call] = (params ?? []) as { data?: string }[];
  return refused && method === "eth_call" && call.data?.startsWith(refused.selector) ? refused.fault : undefined;
}

async function answer(provider: Provider, { id, method, params }: RpcCall): Promise<object> {
  try {
    return { jsonrpc: "2.0", id, result: await provider.request({ method, params }) };
  } catch (error) {
    const { code, message, data } = error as { code?: number; message: string; data?: unknown };
    return { jsonrpc: "2.0", id, error: { code: code ?? -32_603, message, data } };
  }
}
