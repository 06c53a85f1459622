/** The paths of a node (`messages.ts`), each a codec around one duty. */
import type { FastifyInstance, FastifyReply } from "fastify";

import { decode, encode, type Codec } from "../protocol/codec";
import {
  grantAnswer,
  grantRequest,
  nodeInfo,
  offerAnswer,
  offerRequest,
  reencryptAnswer,
  reencryptRequest,
  type NodeInfo,
} from "../protocol/messages";
import { toHex } from "../bytes";
import { codeOf } from "./chainHead";
import type { NodeContext } from "./context";
import { acceptGrant } from "./grants";
import { MAX_RATE_KEYS, SITE_BITS } from "./limits";
import { METRICS_TYPE } from "./metrics";
import { answerOffer } from "./offers";
import { answerRequest } from "./reencrypt";
import { tooMany } from "./refusals";
import { requireServing } from "./serving";
import { networkOf, TokenBuckets } from "./tokenBuckets";
import { VERSION } from "./version";

export function addRoutes(server: FastifyInstance, context: NodeContext): void {
  server.get("/v1/info", async (_request, reply) => send(reply, nodeInfo, await describeNode(context)));
  post(server, "/v1/offers", offerRequest, offerAnswer, (offer, ip) =>
    answerOffer(context, offer, networkOf(ip, SITE_BITS)),
  );
  addGrants(server, context);
  addReencrypt(server, context);
  addHealth(server, context);
}

function addGrants(server: FastifyInstance, context: NodeContext): void {
  const rates = new TokenBuckets(context.limits.grantsPerIp, context.clock, MAX_RATE_KEYS);
  post(server, "/v1/grants", grantRequest, grantAnswer, async (request, ip) => {
    try {
      const wait = rates.take(networkOf(ip));
      if (wait > 0) throw tooMany(wait);
      const answer = await acceptGrant(context, request, networkOf(ip, SITE_BITS));
      context.metrics.count("nkms_grants_total", "ok");
      return answer;
    } catch (error) {
      context.metrics.count("nkms_grants_total", codeOf(error));
      context.log("grant_refused", { code: codeOf(error) });
      throw error;
    }
  });
}

function addReencrypt(server: FastifyInstance, context: NodeContext): void {
  const { clock, log, metrics } = context;
  post(server, "/v1/reencrypt", reencryptRequest, reencryptAnswer, async (request) => {
    const began = clock.monotonicMs();
    try {
      const answer = await answerRequest(context, request);
      const milliseconds = clock.monotonicMs() - began;
      metrics.count("nkms_reencrypt_total", "ok");
      metrics.observeReencrypt(milliseconds / 1000);
      log("reencrypted", { policyId: toHex(request.request.policyId), milliseconds });
      return answer;
    } catch (error) {
      metrics.count("nkms_reencrypt_total", codeOf(error));
      log("reencrypt_refused", { code: codeOf(error) });
      throw error;
    }
  });
}

function addHealth(server: FastifyInstance, context: NodeContext): void {
  server.get("/health/live", async (_request, reply) => reply.type("application/json").send('{"live":true}'));
  server.get("/health/ready", async (_request, reply) => {
    await requireServing(context);
    return reply.type("application/json").send('{"ready":true}');
  });
  server.get("/health", async (_request, reply) => {
    const { snapshot } = await requireServing(context);
    const { head, store } = context;
    const health = {
      ready: true,
      block: snapshot.head.number,
      headAgeSeconds: head.ageSeconds,
      held: store.census.held,
    };
    return reply.type("application/json").send(JSON.stringify(health));
  });
  server.get("/metrics", async (_request, reply) => reply.type(METRICS_TYPE).send(context.metrics.text()));
}

function post<Q, A>(
  server: FastifyInstance,
  path: string,
  request: Codec<Q>,
  answer: Codec<A>,
  handle: (message: Q, ip: string) => Promise<A>,
): void {
  server.post(path, async ({ body, ip }, reply) => {
    const message = decode(request, typeof body === "string" ? body : "");
    return send(reply, answer, await handle(message, ip));
  });
}

function send<A>(reply: FastifyReply, codec: Codec<A>, value: A): FastifyReply {
  return reply.type("application/json").send(encode(codec, value));
}

async function describeNode({ chain, engine, head, keys, readPrice }: NodeContext): Promise<NodeInfo> {
  const { terms } = await (await head.snapshot()).nodeState();
  return {
    version: VERSION,
    chainId: chain.chainId,
    policyManager: chain.policyManager,
    staker: chain.staker,
    worker: keys.worker.address,
    encryptionKey: keys.encryption.publicKey,
    engine: engine.properties.name,
    backend: engine.backend,
    ...terms,
    readPrice,
  };
}
