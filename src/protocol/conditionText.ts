/** Conditions as text: `all(between(2026-12-01T00:00:00Z, forever), holds(NKMS, reader, 5))`. What is printed can be typed, if it makes sense. */
import { concat, equalBytes, fromHex, toHex } from "../bytes";
import { NkmsError } from "../errors";
import { encodeUint } from "./abi";
import { all, any, asks, COMPOSITES, decodeCondition, form, not, returnsTrue, type When } from "./condition";
import {
  type ConditionContract,
  type FieldKind,
  FORMS,
  type FormName,
  isNumeric,
  NKMS,
  READER,
  type Scene,
} from "./conditionForms";

const FOREVER = 2n ** 256n - 1n;
/** The last second that a date can say. */
const LAST_DATE = 8_640_000_000_000n;
const MAX_DEPTH = 32;
/** Those that conditions name, of all contracts of a deployment. */
const CONTRACTS: readonly ConditionContract[] = [
  ...Object.values(FORMS).map(({ contract }) => contract),
  "ViewCall",
  "AllOf",
  "AnyOf",
  "Not",
];

/** A condition as text; what is none of the built-in is `asks(address, bytes)`, what is no condition at all its hex. */
export function formatCondition(condition: Uint8Array, contracts: Scene["contracts"]): string {
  return attempt(() => formatDecoded(condition, contracts)) ?? toHex(condition);
}

function formatDecoded(condition: Uint8Array, contracts: Scene["contracts"]): string {
  const { address, context } = decodeCondition(condition);
  const contract = CONTRACTS.find((name) => contracts[name].toLowerCase() === address);
  const known = contract && attempt(() => formatKnown(contract, context, contracts));
  return known ?? `asks(${address}, ${toHex(context)})`;
}

/** A built-in condition as text; undefined if its context is not in its one encoding. */
function formatKnown(contract: ConditionContract, context: Uint8Array, contracts: Scene["contracts"]) {
  if (contract === "Not") return `not(${formatDecoded(tail(context), contracts)})`;
  if (contract === "ViewCall") {
    const { address, context: data } = decodeCondition(context);
    return `returnsTrue(${address}, ${toHex(data)})`;
  }
  if (contract === "AllOf" || contract === "AnyOf") {
    return `${COMPOSITES[contract]}(${children(context)
      .map((child) => formatDecoded(child, contracts))
      .join(", ")})`;
  }
  const found = Object.entries(FORMS).find(([, { contract: name }]) => name === contract);
  if (!found || context.length !== 32 * found[1].fields.length) return undefined;
  const [name, { fields }] = found;
  return `${name}(${fields.map((kind, index) => formatField(kind, word(context, index), contracts)).join(", ")})`;
}

function formatField(kind: FieldKind, bytes: Uint8Array, contracts: Scene["contracts"]): string {
  const value = BigInt(toHex(bytes));
  if (kind === "number" || kind === "count") return value.toString();
  if (kind === "name") return toHex(bytes);
  if (kind === "time") return formatTime(value);
  if (value >> 160n !== 0n) throw badText("address", 0);
  const address = toHex(bytes.slice(12));
  return kind === "token" && address === contracts.NKMSToken.toLowerCase() ? NKMS : address;
}

function formatTime(seconds: bigint): string {
  if (seconds === FOREVER) return "forever";
  if (seconds > LAST_DATE) return seconds.toString();
  // eslint-disable-next-line no-restricted-globals -- a calendar, not a clock
  return new Date(Number(seconds) * 1000).toISOString().replace(".000Z", "Z");
}

/** The children of abi.encode(Child[]). Throws E_BAD_CONDITION unless it is in its one encoding. */
function children(context: Uint8Array): Uint8Array[] {
  const count = Number(BigInt(toHex(word(context, 1))));
  if (count > context.length / 32) throw badText("children", 0);
  const body = context.slice(64);
  const ends = [...Array(count).keys()].map((index) => Number(BigInt(toHex(word(body, index)))));
  const found = ends.map((start, index) => body.slice(start, ends[index + 1] ?? body.length));
  const again = concat(encodeUint(32), encodeUint(count), ...ends.map((start) => encodeUint(start)), ...found);
  if (!equalBytes(again, context)) throw badText("children", 0);
  return found;
}

function word(bytes: Uint8Array, index: number): Uint8Array {
  if (bytes.length >= 32 * (index + 1)) return bytes.slice(32 * index, 32 * (index + 1));
  throw badText("context", 0);
}

/** What follows the offset of a struct. */
function tail(context: Uint8Array): Uint8Array {
  if (BigInt(toHex(word(context, 0))) !== 32n) throw badText("context", 0);
  return context.slice(32);
}

function attempt<T>(format: () => T): T | undefined {
  try {
    return format();
  } catch (error) {
    if (error instanceof NkmsError) return undefined;
    throw error;
  }
}

/** The condition that a text says. Throws E_BAD_CONDITION with `data.position`. */
export function parseCondition(text: string): When {
  const reader = new Reader(text);
  const when = reader.condition(0);
  reader.end();
  return when;
}

const TOKEN = /\s*([A-Za-z0-9_.:/-]+|"[^"]*")\s*/y;

class Reader {
  #position = 0;

  constructor(private readonly text: string) {}

  condition(depth: number): When {
    if (depth > MAX_DEPTH) throw badText("less nesting", this.#position);
    const name = this.#token("the name of a condition");
    this.#expect("(");
    const when = this.#named(name, depth);
    this.#expect(")");
    return when;
  }

  end(): void {
    if (this.text.slice(this.#position).trim() !== "") throw badText("nothing more", this.#position);
  }

  #named(name: string, depth: number): When {
    if (name === "not") return not(this.condition(depth + 1));
    if (name === "all" || name === "any") return (name === "all" ? all : any)(...this.#conditions(depth + 1));
    if (name === "asks" || name === "returnsTrue") {
      const address = this.#token("an address");
      this.#expect(",");
      const data = this.#checked("hex bytes", (value) => fromHex(value));
      return name === "asks" ? asks(address, data) : returnsTrue(address, data);
    }
    if (Object.hasOwn(FORMS, name)) return this.#form(name as FormName);
    throw badText(
      `one of ${[...Object.keys(FORMS), "returnsTrue", "asks", "all", "any", "not"].join(", ")}`,
      this.#position,
    );
  }

  #conditions(depth: number): When[] {
    const found = [this.condition(depth)];
    while (this.#skip(",")) found.push(this.condition(depth));
    return found;
  }

  #form(name: FormName): When {
    const values = FORMS[name].fields.map((kind, index) => {
      if (index > 0) this.#expect(",");
      return this.#checked(EXPECTED[kind], (value) => parseField(kind, value));
    });
    return form(name, values);
  }

  #checked<T>(expected: string, parse: (value: string) => T): T {
    const at = this.#position;
    const value = this.#token(expected);
    try {
      return parse(value);
    } catch {
      throw badText(expected, at);
    }
  }

  #token(expected: string): string {
    TOKEN.lastIndex = this.#position;
    const match = TOKEN.exec(this.text);
    if (!match) throw badText(expected, this.#position);
    this.#position = TOKEN.lastIndex;
    return match[1].replace(/^"|"$/g, "");
  }

  #expect(symbol: string): void {
    if (!this.#skip(symbol)) throw badText(`"${symbol}"`, this.#position);
  }

  #skip(symbol: string): boolean {
    const rest = this.text.slice(this.#position).trimStart();
    if (!rest.startsWith(symbol)) return false;
    this.#position = this.text.length - rest.length + symbol.length;
    return true;
  }
}

const EXPECTED: Record<FieldKind, string> = {
  time: "a date (2026-12-01T00:00:00Z), a Unix second, or forever",
  number: "a whole number",
  count: "a whole number",
  address: "an address",
  token: `an address or ${NKMS}`,
  account: `an address or ${READER}`,
  name: "a name",
};

function parseField(kind: FieldKind, value: string): string | bigint {
  if (kind === "name") return value;
  if (isNumeric(kind)) return parseNumber(kind, value);
  const word = { token: NKMS, account: READER, address: undefined }[kind];
  if (value !== word) fromHex(value, 20);
  return value;
}

function parseNumber(kind: FieldKind, value: string): bigint {
  if (/^\d+$/.test(value)) return BigInt(value);
  if (kind === "time" && value === "forever") return FOREVER;
  // eslint-disable-next-line no-restricted-globals -- a calendar, not a clock
  const milliseconds = kind === "time" ? Date.parse(value) : NaN;
  return BigInt(milliseconds / 1000); // throws unless it is a whole second
}

function badText(expected: string, position: number): NkmsError {
  return new NkmsError("E_BAD_CONDITION", `The condition cannot be read: ${expected} was expected.`, {
    why: `At position ${position}. Nothing was sent.`,
    fix: "Write it like all(between(2026-12-01T00:00:00Z, forever), holds(NKMS, reader, 5)).",
    data: { position, expected },
  });
}
