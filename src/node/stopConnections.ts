/** How connections end when a server stops: Node.js waits for each one, and no longer looks for those past their time. */
import type { FastifyInstance } from "fastify";
import type { Socket } from "node:net";

import type { Clock } from "./clock";

/**
 * Lets requests under way finish within `graceMs` of the stop and cuts every other connection at once, silent ones included. The last
 * answer on a connection says so, or its client would hold it.
 */
export function endConnectionsOnStop(server: FastifyInstance, clock: Clock, graceMs: number): void {
  const open = new Set<Socket>();
  const busy = new Set<Socket>();
  let stopping = false;
  server.server.on("connection", (socket) => {
    if (stopping) return void socket.destroy();
    open.add(socket);
    socket.once("close", () => void (open.delete(socket), busy.delete(socket)));
  });
  server.addHook("onRequest", async ({ raw }) => void busy.add(raw.socket));
  server.addHook("onResponse", async ({ raw }) => void busy.delete(raw.socket));
  server.addHook("onSend", async (_request, reply) => {
    if (stopping) reply.header("connection", "close");
  });
  server.addHook("preClose", async () => {
    stopping = true;
    for (const socket of open) if (!busy.has(socket)) socket.destroy();
    server.server.once(
      "close",
      clock.schedule(graceMs, () => server.server.closeAllConnections()),
    );
  });
}
