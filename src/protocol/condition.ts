/**
 * Conditions of access (V.F) as small builders that compose:
 *
 * ```ts
 * const when = all(after(1_800_000_000), any(holds(token, 5n), paid(alice, 2n * NKMS, "file://film")));
 * ```
 *
 * A builder refuses what would never hold, always hold, or revert, by E_SENSELESS_CONDITION with what was given and what would do. It knows no deployment: which contracts are meant, and who the reader is, comes in when a policy is made. What each means
 * stands in docs/protocol.md, and at the contracts in contracts/conditions.
 */
import { concat, equalBytes, toHex } from "../bytes";
import { NkmsError } from "../errors";
import { type Address, encodeAddressAndBytes, encodeUint } from "./abi";
import {
  encodeField,
  type FieldKind,
  FORMS,
  type FormName,
  isNumeric,
  NKMS,
  READER,
  type Scene,
} from "./conditionForms";
import { MAX_CONDITION_BYTES } from "./messages";

/** A contract and what it is asked with besides policy and requester. */
export interface Condition {
  readonly address: Address;
  readonly context: Uint8Array;
}

/** A condition that waits for the deployment and the reader it is for. */
export type When = (scene: Scene) => Condition;

/** A seller's terms: `price` in the token's base units per term of `termLength` seconds. */
export interface Plan {
  readonly seller: Address;
  readonly price: bigint;
  readonly termLength: number;
  /** A name of the seller's choice. */
  readonly item: string;
  /** Default: NKMS. */
  readonly token?: Address;
}

const FOREVER = 2n ** 256n - 1n;
/** Most parts of `all` and `any`, as the contracts have it. */
const MAX_PARTS = 32;
/** The builders' names by contract. */
export const COMPOSITES = { AllOf: "all", AnyOf: "any" } as const;

/** From a Unix second on. */
export const after = (from: number): When => form("between", [from, FOREVER]);

/** Before a Unix second. */
export const before = (until: number): When => form("between", [0, until]);

/** In [from, until), Unix seconds. */
export const between = (from: number, until: number): When => form("between", [from, until]);

/** The reader's account holds at least `minimum` units of an ERC-20 token, or pieces of an ERC-721 collection. */
export const holds = (token: Address, minimum: bigint, holder: Address = READER): When =>
  form("holds", [token, holder, minimum]);

/** The reader has paid `seller` at least `amount` base units for `item` through SellerPayments. */
export const paid = (
  seller: Address,
  amount: bigint,
  item: string,
  { token = NKMS, buyer = READER }: { token?: Address; buyer?: Address } = {},
): When => form("paid", [seller, token, item, buyer, amount]);

/** The reader's subscription to a plan runs. */
export const subscribed = (
  { seller, token = NKMS, price, termLength, item }: Plan,
  subscriber: Address = READER,
): When => form("subscribed", [seller, token, price, termLength, item, subscriber]);

/** The reader is on a list that `keeper` keeps in AllowLists. */
export const listed = (keeper: Address, list: string, member: Address = READER): When =>
  form("listed", [keeper, list, member]);

/** The reader recorded an access in the last `seconds` seconds (VIII.H). */
export const logged = (seconds: number): When => form("logged", [seconds]);

/** The reader, by its request signer, was bought the item in PayToReadShop (VIII.D). */
export const bought = (seller: Address, item: string): When => form("bought", [seller, item]);

/** A view call returns true. */
export const returnsTrue =
  (target: Address, data: Uint8Array): When =>
  ({ contracts }) => ({ address: contracts.ViewCall, context: encodeAddressAndBytes(target, data) });

/** A contract of somebody's own that implements ICondition. */
export const asks =
  (address: Address, context: Uint8Array): When =>
  () => ({ address, context });

/** Every one of them, 1 to 32. */
export const all = (...whens: readonly When[]): When => composite("AllOf", whens);

/** At least one of them, 1 to 32. */
export const any = (...whens: readonly When[]): When => composite("AnyOf", whens);

/** The contrary; what gives no answer has none. */
export const not =
  (when: When): When =>
  (scene) => ({ address: scene.contracts.Not, context: concat(encodeUint(32), encodeCondition(when(scene))) });

/** abi.encode(address, bytes): the bytes that a policy's terms hash. */
export function encodeCondition({ address, context }: Condition): Uint8Array {
  return encodeAddressAndBytes(address, context);
}

/** A policy's condition; no bytes for none. Throws E_CONDITION_TOO_LONG {got, most}, and for an address or number that is none. */
export function conditionBytes(when: When | undefined, scene: Scene): Uint8Array {
  if (when === undefined) return new Uint8Array();
  const bytes = encodeCondition(when(scene));
  if (bytes.length <= MAX_CONDITION_BYTES) return bytes;
  throw new NkmsError(
    "E_CONDITION_TOO_LONG",
    `The condition has ${bytes.length} bytes; nodes take ${MAX_CONDITION_BYTES}.`,
    {
      why: "Every part of a composite adds 160 bytes or more. Nothing was sent.",
      fix: "Use fewer parts, or deploy a condition of your own that says it all.",
      data: { got: bytes.length, most: MAX_CONDITION_BYTES },
    },
  );
}

/** A condition from its builder's name and the words of its context. Throws E_SENSELESS_CONDITION. */
export function form(name: FormName, values: readonly (string | bigint | number)[]): When {
  const { contract, fields } = FORMS[name];
  fields.forEach((kind, index) => requireNumber(name, kind, values[index]));
  if (name === "between") requireTimeBetween(values[0], values[1]);
  return (scene) => ({
    address: scene.contracts[contract],
    context: concat(...fields.map((kind, index) => encodeField(kind, values[index], scene))),
  });
}

function requireNumber(name: FormName, kind: FieldKind, got: string | bigint | number): void {
  if (!isNumeric(kind)) return;
  const least = kind === "count" ? 1n : 0n;
  const whole = typeof got === "bigint" || Number.isSafeInteger(got);
  if (whole && BigInt(got) >= least) return;
  throw senseless(name, `is asked for ${got}; it takes whole numbers from ${least}`, { got, least });
}

function requireTimeBetween(from: string | bigint | number, until: string | bigint | number): void {
  if (BigInt(until) > BigInt(from)) return;
  throw senseless("between", `would last from ${from} until ${until}, which is no time`, { from, until });
}

function senseless(condition: string, what: string, data: object): NkmsError {
  return new NkmsError("E_SENSELESS_CONDITION", `The condition ${condition} ${what}.`, {
    why: "It would always hold, or nobody could ever read. Nothing was sent.",
    fix: "Correct the numbers, or leave the condition out.",
    data: { condition, ...data },
  });
}

/** abi.encode(Child[]): offset, count, an offset per child, the children. Throws E_SENSELESS_CONDITION. */
function composite(contract: "AllOf" | "AnyOf", whens: readonly When[]): When {
  if (whens.length < 1 || whens.length > MAX_PARTS) {
    const parts = { got: whens.length, least: 1, most: MAX_PARTS };
    throw senseless(COMPOSITES[contract], `has ${parts.got} parts; it takes 1 to ${MAX_PARTS}`, parts);
  }
  return (scene) => {
    const children = whens.map((when) => encodeCondition(when(scene)));
    let offset = 32 * children.length;
    const heads = children.map((child) => {
      const head = encodeUint(offset);
      offset += child.length;
      return head;
    });
    const context = concat(encodeUint(32), encodeUint(children.length), ...heads, ...children);
    return { address: scene.contracts[contract], context };
  };
}

/** A condition's parts. Throws E_BAD_CONDITION for bytes that are not abi.encode(address, bytes). */
export function decodeCondition(bytes: Uint8Array): Condition {
  const length = bytes.length < 96 ? -1 : Number(BigInt(toHex(bytes.slice(64, 96))));
  if (length < 0 || length > bytes.length - 96) throw badCondition(bytes);
  const condition = { address: toHex(bytes.slice(12, 32)), context: bytes.slice(96, 96 + length) };
  if (!equalBytes(encodeCondition(condition), bytes)) throw badCondition(bytes);
  return condition;
}

function badCondition(bytes: Uint8Array): NkmsError {
  return new NkmsError("E_BAD_CONDITION", "The bytes are no condition.", {
    why: "A condition is abi.encode(address, bytes).",
    fix: "Use the condition of the policy's event.",
    data: { length: bytes.length },
  });
}
