/**
 * The fast pairing back-end: mcl in WebAssembly, through the package `mcl-wasm` where its user has installed it. It is not a
 * dependency of ours because it takes variable time with secrets: it is for nodes and readers who choose speed.
 */
import { concat } from "../bytes";
import { identityError } from "./backend";
import { CryptoError } from "./errors";
import type { G1, G2, Pair, PairingBackend } from "./pairing";
import { noblePairing } from "./pairingNoble";
import { encodeScalar } from "./afgh/scalar";

/** What we use of the package, so that nobody needs its types to compile against ours. */
interface MclElement {
  serialize(): Uint8Array;
  deserialize(bytes: Uint8Array): void;
}
interface MclG1 extends MclElement {
  clone(): MclG1;
  isZero(): boolean;
  normalize(): void;
  getX(): MclElement;
  getY(): MclElement;
}
interface MclGT extends MclElement {
  isOne(): boolean;
}
interface Mcl {
  readonly BLS12_381: number;
  readonly G1: new () => MclG1;
  readonly G2: new () => MclElement;
  readonly Fr: new () => MclElement;
  init(curve: number): Promise<void>;
  setETHserialization(on: boolean): void;
  verifyOrderG1(on: boolean): void;
  verifyOrderG2(on: boolean): void;
  neg(point: MclG1): MclG1;
  add(a: MclG1, b: MclG1): MclG1;
  mul<T extends MclElement>(point: T, factor: MclElement): T;
  millerLoop(a: MclG1, b: MclElement): MclGT;
  finalExp(value: MclGT): MclGT;
}

const p1 = (point: G1) => point as unknown as MclG1;
const p2 = (point: G2) => point as unknown as MclElement;
const g1 = (point: MclG1) => point as unknown as G1;
const g2 = (point: MclElement) => point as unknown as G2;

function attempt<T extends MclElement>(point: T, bytes: Uint8Array): T | undefined {
  try {
    point.deserialize(bytes);
    return point;
  } catch {
    return undefined;
  }
}

/** Serialized as Ethereum does, an element of Fp2 has its higher coordinate first. */
function lowerFirst(bytes: Uint8Array): Uint8Array {
  const size = 48;
  const halves = Array.from({ length: bytes.length / size }, (_, index) => {
    const start = (index ^ 1) * size;
    return bytes.subarray(start, start + size);
  });
  return concat(...halves);
}

function build(mcl: Mcl): PairingBackend {
  const scalarOf = (value: bigint): MclElement => {
    const scalar = new mcl.Fr();
    scalar.deserialize(encodeScalar(value));
    return scalar;
  };
  const miller = (pairs: readonly Pair[]) =>
    pairs.map(([a, b]) => mcl.millerLoop(p1(a), p2(b))).reduce((product, factor) => mcl.mul(product, factor));
  const decodeG1 = (bytes: Uint8Array) => attempt(new mcl.G1(), bytes) as G1 | undefined;
  const decodeG2 = (bytes: Uint8Array) => attempt(new mcl.G2(), bytes) as G2 | undefined;
  const encodeG1 = (point: G1) => p1(point).serialize();
  return {
    name: "mcl",
    g1: decodeG1(noblePairing.encodeG1(noblePairing.g1))!,
    g2: decodeG2(noblePairing.encodeG2(noblePairing.g2))!,
    decodeG1,
    decodeG2,
    encodeG1,
    encodeG2: (point) => p2(point).serialize(),
    affineG1: (point) => {
      const affine = p1(point).clone();
      affine.normalize();
      return concat(affine.getX().serialize(), affine.getY().serialize());
    },
    multiplyG1: (point, scalar) => g1(mcl.mul(p1(point), scalarOf(scalar))),
    multiplyG2: (point, scalar) => g2(mcl.mul(p2(point), scalarOf(scalar))),
    combineG1Vartime: (points, scalars) => {
      const terms = points.map((point, index) => mcl.mul(p1(point), scalarOf(scalars[index])));
      const sum = terms.reduce((all, term) => mcl.add(all, term));
      if (sum.isZero()) throw identityError();
      return g1(sum);
    },
    pairingProduct: (pairs) => lowerFirst(mcl.finalExp(miller(pairs)).serialize()),
    pairingsEqual: (a, [b1, b2]) => mcl.finalExp(miller([a, [g1(mcl.neg(p1(b1))), b2]])).isOne(),
  };
}

/** Loads and starts mcl. Throws E_NO_BACKEND where the package is not installed. */
export async function loadMclPairing(): Promise<PairingBackend> {
  try {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- optional, installed by those who want it
    const mcl = require("mcl-wasm") as Mcl;
    await mcl.init(mcl.BLS12_381);
    mcl.setETHserialization(true);
    mcl.verifyOrderG1(true);
    mcl.verifyOrderG2(true);
    return build(mcl);
  } catch (cause) {
    throw new CryptoError("E_NO_BACKEND", "The pairing back-end mcl cannot be loaded.", {
      fix: "Install the package mcl-wasm, or use the default back-end.",
      data: { got: "mcl", expected: ["noble"] },
      cause,
    });
  }
}
