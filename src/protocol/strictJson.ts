/**
 * JSON (RFC 8259) as the wire uses it. Stricter than JSON.parse: a repeated key, a key that means something to JavaScript
 * objects, and nesting beyond a message's need are refused, so that two readers can never see two different messages.
 */
import { NkmsError } from "../errors";

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** Deeper than any message of `messages.ts`, shallow enough for recursion. */
const MAX_DEPTH = 8;
const SPACE = /[ \t\n\r]*/y;
const STRING = /"[^"\\\u0000-\u001f]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\u0000-\u001f]*)*"/y;
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const WORD = /true|false|null/y;
const FORBIDDEN_KEYS = new Set(["__proto__", "constructor", "prototype"]);

/** Reads one JSON value that fills the whole text. Objects have no prototype. Throws E_BAD_JSON with `data.position`. */
export function parseJson(text: string): Json {
  const reader = new JsonReader(text);
  const value = reader.value(0);
  reader.end();
  return value;
}

class JsonReader {
  #position = 0;

  constructor(private readonly text: string) {}

  value(depth: number): Json {
    if (depth > MAX_DEPTH) throw this.#refuse(`it is nested deeper than ${MAX_DEPTH}`);
    this.#take(SPACE);
    const next = this.text[this.#position];
    if (next === "{") return this.#object(depth);
    if (next === "[") return this.#array(depth);
    if (next === '"') return this.#string();
    const scalar = this.#take(WORD) ?? this.#take(NUMBER);
    if (scalar === undefined) throw this.#refuse("a value was expected");
    return JSON.parse(scalar) as Json;
  }

  end(): void {
    this.#take(SPACE);
    if (this.#position !== this.text.length) throw this.#refuse("something follows the value");
  }

  #object(depth: number): Json {
    const object = Object.create(null) as Record<string, Json>;
    this.#members("}", () => {
      const key = this.#string();
      if (FORBIDDEN_KEYS.has(key)) throw this.#refuse("the key is reserved");
      if (key in object) throw this.#refuse("the key is repeated");
      if (!this.#skip(":")) throw this.#refuse("a colon was expected");
      object[key] = this.value(depth + 1);
    });
    return object;
  }

  #array(depth: number): Json {
    const items: Json[] = [];
    this.#members("]", () => items.push(this.value(depth + 1)));
    return items;
  }

  #members(close: string, readMember: () => void): void {
    this.#position++;
    if (this.#skip(close)) return;
    do readMember();
    while (this.#skip(","));
    if (!this.#skip(close)) throw this.#refuse(`a comma or ${close} was expected`);
  }

  #string(): string {
    this.#take(SPACE);
    const quoted = this.#take(STRING);
    if (quoted === undefined) throw this.#refuse("a string was expected");
    return JSON.parse(quoted) as string;
  }

  #skip(symbol: string): boolean {
    this.#take(SPACE);
    const found = this.text[this.#position] === symbol;
    if (found) this.#position++;
    return found;
  }

  #take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#position;
    const match = pattern.exec(this.text)?.[0];
    this.#position += match?.length ?? 0;
    return match;
  }

  #refuse(why: string): NkmsError {
    return new NkmsError("E_BAD_JSON", "The text is not strict JSON.", {
      why: `At position ${this.#position} ${why}.`,
      fix: "Send one JSON value without repeated or reserved keys.",
      data: { position: this.#position },
    });
  }
}
