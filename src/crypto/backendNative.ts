/**
 * The fast back-end: libsecp256k1 through the optional `secp256k1` addon. Only the compiled addon counts; the package's own
 * JavaScript fallback is slower than noble and is never used.
 */
import type * as Addon from "secp256k1";

import { concat } from "../bytes";
import { identityError, type CurveBackend, type Point, type Scalar } from "./backend";
import { osRandom } from "./random";
import { fromBigInt, isBelowOrder, ORDER, toBigInt } from "./scalar";

const POINT_LENGTH = 65;
const UNCOMPRESSED = 4;

/** `ecdh` is the library's constant-time multiplication; this "hash" hands out the point itself. */
function wholePoint(x: Uint8Array, y: Uint8Array): Uint8Array {
  const point = new Uint8Array(POINT_LENGTH);
  point[0] = UNCOMPRESSED;
  point.set(x, 1);
  point.set(y, 33);
  return point;
}

/** The addon reports an infinite sum by a plain Error; inputs are valid by contract, so it can mean nothing else. */
function orIdentity<T>(compute: () => T): T {
  try {
    return compute();
  } catch (cause) {
    throw identityError(cause);
  }
}

/** The addon reports by a plain Error that no point answers; inputs have the right lengths by contract. */
function orUndefined<T>(compute: () => T): T | undefined {
  try {
    return compute();
  } catch {
    return undefined;
  }
}

/** bits2octets of RFC 6979, 2.3.4, which the library leaves out: without it a digest of n or more gets another nonce than elsewhere. */
function reduceDigest(digest: Uint8Array): Uint8Array {
  return isBelowOrder(digest) ? digest : fromBigInt(toBigInt(digest) - ORDER);
}

/**
 * ECDSA recovers the key of a signature (r, t) of m, whose nonce point P has x = r, as (t*P - m*G)/r. With m = -s*r and
 * t = -challenge*r that is s*G - challenge*P: one run of the library instead of two multiplications and a sum.
 */
function commitmentVartime(addon: typeof Addon, s: Scalar, challenge: Scalar, point: Point): Point | undefined {
  const r = point.slice(1, 33);
  const minusR = addon.privateKeyNegate(Uint8Array.from(r));
  const [m, t] = [s, challenge].map((scalar) => addon.privateKeyTweakMul(Uint8Array.from(scalar), minusR));
  return orUndefined(() => addon.ecdsaRecover(concat(r, t), point[64] & 1, m, false) as Point);
}

function build(addon: typeof Addon): CurveBackend {
  const add = (...points: Point[]) => orIdentity(() => addon.publicKeyCombine(points, false) as Point);
  const multiply = (point: Point, scalar: Scalar) =>
    addon.ecdh(point, scalar, { hashfn: wholePoint }, new Uint8Array(POINT_LENGTH)) as Point;
  return {
    name: "native",
    decompress: (encoded) => orUndefined(() => addon.publicKeyConvert(encoded, false) as Point),
    multiplyBase: (scalar) => addon.publicKeyCreate(scalar, false) as Point,
    multiply,
    fixedBase: (point) => (scalar) => multiply(point, scalar),
    combineVartime: (points, scalars) => {
      const terms = points.map((point, index) => addon.publicKeyTweakMul(point, scalars[index], false) as Point);
      return terms.length === 1 ? terms[0] : add(...terms);
    },
    commitmentVartime: (s, challenge, point) => commitmentVartime(addon, s, challenge, point),
    add,
    multiplyScalars: (a, b) => addon.privateKeyTweakMul(Uint8Array.from(a), b),
    addScalars: (a, b) => orIdentity(() => addon.privateKeyTweakAdd(Uint8Array.from(a), b)),
    sign: (digest, secretKey, entropy) => addon.ecdsaSign(reduceDigest(digest), secretKey, { data: entropy }).signature,
    verify: (signature, digest, publicKey) => addon.ecdsaVerify(signature, digest, publicKey),
    signRecoverable: (digest, secretKey) => {
      const { signature, recid } = addon.ecdsaSign(reduceDigest(digest), secretKey);
      return concat(signature, Uint8Array.of(recid));
    },
    recover: (signature, digest) =>
      orUndefined(() => addon.ecdsaRecover(signature.subarray(0, 64), signature[64], digest, false) as Point),
  };
}

/** The native back-end with its blinding seeded, or undefined where no compiled addon fits this machine. */
export function loadNativeBackend(): CurveBackend | undefined {
  try {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- optional, and only its compiled entry is wanted
    const addon = require("secp256k1/bindings") as typeof Addon;
    addon.contextRandomize(osRandom(32));
    return build(addon);
  } catch {
    return undefined;
  }
}
