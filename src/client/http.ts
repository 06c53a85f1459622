/** One HTTP exchange with a node that is not trusted: bounded time, bounded size, no redirect, no cookies. */
import { NkmsError } from "../errors";

export type Fetch = typeof fetch;

export interface HttpOptions {
  fetch: Fetch;
  /** How long one exchange may take, from connecting to the last byte, in milliseconds. */
  timeoutMs: number;
  /** Ends the exchange early; it then rejects with the signal's reason. */
  signal?: AbortSignal;
}

export interface HttpRequest {
  url: string;
  /** A JSON text to post; a GET without it. */
  body?: string;
}

export interface HttpAnswer {
  status: number;
  text: string;
}

/** Answers are a few kilobytes; more is cut off unread. */
export const MAX_ANSWER_BYTES = 64 * 1024;

/** Sends a request and reads its whole answer. Throws E_UNREACHABLE, E_TIMEOUT or E_BAD_ANSWER. */
export async function exchange(request: HttpRequest, options: HttpOptions): Promise<HttpAnswer> {
  const timeout = AbortSignal.timeout(options.timeoutMs);
  const signal = options.signal ? AbortSignal.any([options.signal, timeout]) : timeout;
  try {
    const response = await options.fetch(request.url, {
      method: request.body === undefined ? "GET" : "POST",
      headers: {
        accept: "application/json",
        ...(request.body === undefined ? {} : { "content-type": "application/json" }),
      },
      body: request.body,
      redirect: "manual",
      credentials: "omit",
      signal,
    });
    if (response.status >= 300 && response.status < 400) throw badAnswer("It redirects; nodes answer themselves.");
    return { status: response.status, text: await readBounded(response) };
  } catch (error) {
    const refusal = [error, (error as Error).cause].find((candidate) => candidate instanceof NkmsError);
    if (refusal) throw refusal;
    options.signal?.throwIfAborted();
    if (timeout.aborted) throw timedOut(options.timeoutMs);
    throw unreachable(error);
  }
}

/** E_BAD_ANSWER: the node answered, but not as the protocol says. */
export function badAnswer(why: string, cause?: unknown): NkmsError {
  return new NkmsError("E_BAD_ANSWER", "The node's answer is not one of this protocol.", {
    why,
    fix: "Its operator should update or mend the node; the client goes on with the others.",
    cause,
  });
}

async function readBounded(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > MAX_ANSWER_BYTES) throw badAnswer(`It is longer than ${MAX_ANSWER_BYTES} bytes.`);
    chunks.push(chunk);
  }
  return new TextDecoder().decode(Buffer.concat(chunks));
}

function timedOut(timeoutMs: number): NkmsError {
  return new NkmsError("E_TIMEOUT", `The node gave no answer within ${timeoutMs} ms.`, {
    fix: "Try again later; any other nodes of the policy can answer instead.",
    data: { timeoutMs },
  });
}

function unreachable(cause: unknown): NkmsError {
  const inner = (cause as { cause?: { code?: unknown } } | undefined)?.cause?.code;
  const reason = typeof inner === "string" ? inner : undefined;
  return new NkmsError("E_UNREACHABLE", "The node cannot be reached.", {
    why: reason ? `The connection failed with ${reason}.` : "The connection failed.",
    fix: "Try again later; any other nodes of the policy can answer instead.",
    data: { reason },
    cause,
  });
}
