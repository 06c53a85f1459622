/**
 * The HTTP server and its bounds: bodies of 64 KiB, 16 KiB of headers, seconds for both, few connections, a rate per address; only
 * plain UTF-8 JSON. Every refusal is application/problem+json, those of the HTTP parser included.
 */
import fastify, { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import type { Socket } from "node:net";

import { NkmsError } from "../errors";
import { MAX_BODY_BYTES } from "../protocol/messages";
import { encodeProblem, PROBLEM_TYPE } from "../protocol/problem";
import type { Clock } from "./clock";
import { statusOf } from "./httpStatus";
import { MAX_HEADER_BYTES, MAX_HEADERS, MAX_RATE_KEYS, type Limits } from "./limits";
import { describeUnexpected, type Log } from "./log";
import { tooMany } from "./refusals";
import { endConnectionsOnStop } from "./stopConnections";
import { networkOf, TokenBuckets } from "./tokenBuckets";

/** How often Node.js looks for connections past their time, at most. */
const CHECK_MS = 1_000;

export interface HttpOptions {
  readonly limits: Limits;
  /** Addresses of reverse proxies whose X-Forwarded-For is believed; they are not bounded as clients. */
  readonly trustedProxies: readonly string[];
  readonly clock: Clock;
  readonly log: Log;
}

/** A server with all bounds and no routes. */
export function httpServer(options: HttpOptions): FastifyInstance {
  const { limits, trustedProxies } = options;
  const server = fastify({
    logger: false,
    bodyLimit: MAX_BODY_BYTES,
    requestTimeout: limits.requestTimeoutMs,
    keepAliveTimeout: limits.keepAliveMs,
    exposeHeadRoutes: false,
    trustProxy: trustedProxies.length > 0 ? [...trustedProxies] : false,
    http: {
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout: limits.headersTimeoutMs,
      requestTimeout: limits.requestTimeoutMs,
      connectionsCheckingInterval: Math.min(CHECK_MS, limits.headersTimeoutMs),
    },
    clientErrorHandler: (error, socket) => answerBrokenRequest(error, socket),
  });
  server.server.maxHeadersCount = MAX_HEADERS + 1;
  server.server.maxConnections = limits.maxConnections;
  boundConnections(server, options);
  readJsonOnly(server);
  refuseEarly(server, options);
  headAnswers(server);
  endConnectionsOnStop(server, options.clock, limits.requestTimeoutMs);
  server.setErrorHandler<FastifyError | NkmsError>((error, request, reply) =>
    refuse(reply, asProblem(error, request, options.log)),
  );
  server.setNotFoundHandler((_request, reply) => refuse(reply, notFound()));
  return server;
}

/** At most so many connections of one address. */
function boundConnections(server: FastifyInstance, { limits, trustedProxies }: HttpOptions): void {
  const open = new Map<string, number>();
  server.server.on("connection", (socket) => {
    const ip = socket.remoteAddress ?? "";
    if (trustedProxies.includes(ip)) return;
    const key = networkOf(ip);
    const count = (open.get(key) ?? 0) + 1;
    open.set(key, count);
    socket.once("close", () => {
      const left = (open.get(key) ?? 1) - 1;
      if (left > 0) open.set(key, left);
      else open.delete(key);
    });
    if (count > limits.maxConnectionsPerIp) socket.destroy();
  });
}

/** Bodies reach their route as text; any other content type is refused. */
function readJsonOnly(server: FastifyInstance): void {
  server.removeAllContentTypeParsers();
  server.addContentTypeParser("application/json", { parseAs: "buffer" }, (_request, body, done) => {
    try {
      done(null, new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(body as Buffer));
    } catch {
      done(badJson());
    }
  });
}

/** What is refused before the body is read. */
function refuseEarly(server: FastifyInstance, { limits, clock }: HttpOptions): void {
  const rates = new TokenBuckets(limits.perIp, clock, MAX_RATE_KEYS);
  server.addHook("onRequest", async (request) => {
    const wait = rates.take(networkOf(request.ip));
    if (wait > 0) throw tooMany(wait);
    if (request.raw.rawHeaders.length > 2 * MAX_HEADERS) throw headersTooLarge();
    if ((request.headers["content-encoding"] ?? "identity") !== "identity") throw mediaType();
  });
}

/** Answers are not for caches. */
function headAnswers(server: FastifyInstance): void {
  server.addHook("onSend", async (_request, reply) => void reply.header("cache-control", "no-store"));
}

/** Sends a refusal. */
function refuse(reply: FastifyReply, error: NkmsError): FastifyReply {
  if (error.code === "E_RATE") reply.header("retry-after", String(error.data.retryAfterSeconds));
  return reply.code(statusOf(error.code)).type(PROBLEM_TYPE).send(encodeProblem(error));
}

function asProblem(error: FastifyError | NkmsError, request: FastifyRequest, log: Log): NkmsError {
  if (error instanceof NkmsError && (error.code === "E_INTERNAL" || statusOf(error.code) !== 500)) return error;
  if (error.code === "FST_ERR_CTP_BODY_TOO_LARGE") return tooLarge();
  if (error.code === "FST_ERR_CTP_INVALID_MEDIA_TYPE") return mediaType();
  const { statusCode } = error as FastifyError;
  if (statusCode !== undefined && statusCode < 500) return badRequest();
  log("unexpected", describeUnexpected(request.routeOptions.url ?? "http", error));
  return new NkmsError("E_INTERNAL", "This node failed at the request.", { fix: "Ask another node." });
}

/** Answers what the HTTP parser gave up on, and cuts the connection. */
function answerBrokenRequest(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === "ECONNRESET" || !socket.writable) return void socket.destroy();
  const problem = brokenRequest(error.code);
  const body = encodeProblem(problem);
  socket.end(
    `HTTP/1.1 ${statusOf(problem.code)} ${problem.code}\r\nContent-Type: ${PROBLEM_TYPE}\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
  socket.destroySoon();
}

function brokenRequest(code: string | undefined): NkmsError {
  if (code === "HPE_HEADER_OVERFLOW") return headersTooLarge();
  if (code !== "ERR_HTTP_REQUEST_TIMEOUT") return badRequest();
  return new NkmsError("E_TIMEOUT", "The request took too long to arrive.", { fix: "Send it again." });
}

function badRequest(): NkmsError {
  return new NkmsError("E_BAD_REQUEST", "The request is not HTTP that this node understands.", {
    fix: "Send the request as src/protocol/messages.ts describes it.",
  });
}

function badJson(): NkmsError {
  return new NkmsError("E_BAD_JSON", "The body is not UTF-8.", { fix: "Send JSON in UTF-8.", data: {} });
}

function tooLarge(): NkmsError {
  return new NkmsError("E_TOO_LARGE", "The body is too large.", {
    fix: `Send at most ${MAX_BODY_BYTES} bytes.`,
    data: { maxBytes: MAX_BODY_BYTES },
  });
}

function headersTooLarge(): NkmsError {
  return new NkmsError("E_HEADERS_TOO_LARGE", "The headers are too large or too many.", {
    fix: `Send at most ${MAX_HEADERS} headers and ${MAX_HEADER_BYTES} bytes of them.`,
    data: { maxBytes: MAX_HEADER_BYTES, maxHeaders: MAX_HEADERS },
  });
}

function mediaType(): NkmsError {
  return new NkmsError("E_MEDIA_TYPE", "The body is not plain JSON.", {
    fix: "Send content-type: application/json, without content-encoding.",
    data: { expected: "application/json" },
  });
}

function notFound(): NkmsError {
  return new NkmsError("E_NOT_FOUND", "There is nothing here.", {
    fix: "The paths are GET /v1/info, POST /v1/offers, /v1/grants, /v1/reencrypt, GET /health and /metrics.",
  });
}
