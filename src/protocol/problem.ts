/** Refusals over HTTP (RFC 9457, application/problem+json): an NkmsError as text, and back. */
import { NkmsError } from "../errors";
import { anyObject, encode, decode, optional, record, text, type Codec } from "./codec";
import { MAX_BODY_BYTES } from "./messages";
import type { Json } from "./strictJson";

export const PROBLEM_TYPE = "application/problem+json";

/** What a node says when it refuses; `code` is stable, the rest explains. */
export interface Problem {
  readonly code: string;
  readonly message: string;
  readonly why?: string;
  readonly fix?: string;
  readonly data: { readonly [key: string]: Json };
}

/** Neither control characters, which move a terminal's cursor, nor marks that turn the direction of what is shown. */
const PRINTABLE = /^[^\p{Cc}\p{Bidi_Control}\u2028\u2029]*$/u;
const SENTENCE = text(PRINTABLE, 1_000, "a sentence");
const PRINTABLE_JSON = text(PRINTABLE, MAX_BODY_BYTES, "printable JSON");

/** Any object that is printable as JSON, which escapes the first 32 control characters by itself. */
const values: Codec<Problem["data"]> = {
  read(value, place) {
    const object = anyObject.read(value, place);
    PRINTABLE_JSON.read(JSON.stringify(object), place);
    return object;
  },
  write: (value) => value,
};

export const problem: Codec<Problem> = record<Problem>({
  code: text(/^E_[A-Z0-9_]+$/, 64, "an error code"),
  message: SENTENCE,
  why: optional(SENTENCE),
  fix: optional(SENTENCE),
  data: values,
});

/** The body of a refusal; integers in `data` become decimal strings. */
export function encodeProblem(error: NkmsError): string {
  const { code, message, why, fix, data } = error;
  return encode(problem, { code, message, why, fix, data: toJson(data) as Problem["data"] });
}

/** The error a node refused with. Throws E_BAD_JSON or E_SCHEMA if the body is no problem. */
export function decodeProblem(body: string): NkmsError {
  const { code, message, ...details } = decode(problem, body);
  return new NkmsError(code, message, details);
}

function toJson(value: unknown): Json {
  return JSON.parse(
    JSON.stringify(value, (_key, item: unknown) => (typeof item === "bigint" ? item.toString() : item)),
  ) as Json;
}
