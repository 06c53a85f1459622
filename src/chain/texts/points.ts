/** Refusals of keys, points and proofs that are not what they must be. */
import { type RefusalTexts, words } from "./text";

export const POINT_TEXTS: RefusalTexts = {
  InvalidKeyLength: ({ length, expected }) =>
    words(
      `A public key has ${length} bytes.`,
      `A compressed secp256k1 key has ${expected}.`,
      "Give the key in compressed form.",
    ),
  InvalidKeyPrefix: ({ prefix }) =>
    words(
      `A public key begins with ${prefix}.`,
      "A compressed secp256k1 key begins with 0x02 or 0x03.",
      "Give the key in compressed form.",
    ),
  CoordinateOutOfRange: ({ x, bound }) =>
    words(`The coordinate ${x} of a key is out of range.`, `It must be below ${bound}.`, "Give a valid public key."),
  NotOnCurve: ({ x }) =>
    words(`No point of secp256k1 has the coordinate ${x}.`, "The key is not a public key.", "Give a valid public key."),
  PointAtInfinity: ({ position }) =>
    words(`The point at position ${position} is the point at infinity.`, "It carries no key.", "Give a valid point."),
  ScalarOutOfRange: ({ scalar, bound }) =>
    words(`The scalar ${scalar} is out of range.`, `It must be above zero and below ${bound}.`, "Give a valid scalar."),
  PrecompileFailed: ({ precompile, length, expected }) =>
    words(
      `The precompile ${precompile} answered ${length} bytes instead of ${expected}.`,
      "A point was not on its curve or not in its group, or this chain does not have the precompile.",
      "Give valid points, on a chain with the BLS12-381 precompiles (Prague).",
    ),
};
