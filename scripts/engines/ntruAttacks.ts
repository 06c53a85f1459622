/** The attacks on `ntru`, which do use the engine's own arithmetic: there is no library to take it from. */
import { concat, equalBytes } from "../../src/bytes";
import { derive, expand } from "../../src/crypto/lattice/expand";
import { pack, unpack } from "../../src/crypto/lattice/packing";
import { fixedWeight } from "../../src/crypto/lattice/sampler";
import { MODULUS, MODULUS_BITS, type NtruSet } from "../../src/crypto/ntru/parameters";
import { invert, multiply } from "../../src/crypto/ntru/ring";
import type { Attacks } from "./attack";
import { leastSquaresConvolution } from "./convolution";
import { bytesOf, forgeries, keyOf, withKey } from "./latticeKey";

/** So many honest answers are asked for at first, and as many again as there are while they are not enough. */
const FIRST_ANSWERS = 25;
const MOST_ANSWERS = 200;

export const decode = (set: NtruSet, bytes: Uint8Array): Int32Array =>
  unpack("polynomial", bytes, set.degree, MODULUS_BITS, MODULUS);
const reduced = (values: Int32Array) => values.map((value) => value & (MODULUS - 1));
export const centred = (values: Int32Array) => values.map((value) => (value << 21) >> 21);

export function sparse(set: NtruSet, seed: Uint8Array, use: string, plus: number, minus: number): Int32Array {
  return fixedWeight(expand(`nkms/v1/${set.name}/${use}`, seed, 4 * set.degree), plus, minus);
}

/** f = 1 + 3*F of a secret key. */
export function secretOf(set: NtruSet, secretKey: Uint8Array): Int32Array {
  return sparse(set, secretKey, "f", set.weight, set.weight).map((value, at) => 3 * value + (at === 0 ? 1 : 0));
}

const ciphertextOf = (cfrag: Uint8Array) => cfrag.slice(1, -32);

/** c = 8 and c = 1: what nobody encrypted, with no commitment. */
export function chosenCapsules({ degree }: NtruSet): [Uint8Array, Uint8Array] {
  const constant = (value: number) => pack(Int32Array.of(value, ...new Int32Array(degree - 1)), MODULUS_BITS);
  return [8, 1].map((value) => concat(constant(value), new Uint8Array(32))) as [Uint8Array, Uint8Array];
}

/** f_A = rk*f_B: the answers are 8*rk + 3*e, which is all of rk but its three highest bits, and rk + 3*e', which has these. */
export function secretFromChosen(set: NtruSet, recipientSecretKey: Uint8Array, cfrags: readonly Uint8Array[]) {
  const [eightfold, single] = cfrags.map((cfrag) => decode(set, ciphertextOf(cfrag)));
  const key = single.map((value, at) => {
    const low = (eightfold[at] + 4) >> 3;
    const noise = ((value - low + 128) & 255) - 128;
    return value - noise;
  });
  return centred(multiply(key, secretOf(set, recipientSecretKey)));
}

/**
 * f_A from answers to honest capsules: f_B*c' = 3*g_A*s + f_A*m + (3 + 9*F_B)*e, where m is what the recipient opens, s follows from m, and e is
 * noise.
 */
export function secretFromHonest(
  set: NtruSet,
  recipientSecretKey: Uint8Array,
  ownerPublicKey: Uint8Array,
  cfrags: readonly Uint8Array[],
): Int32Array {
  const secret = secretOf(set, recipientSecretKey);
  const equations = cfrags.map((cfrag) => {
    const value = centred(multiply(secret, decode(set, ciphertextOf(cfrag))));
    const message = value.map((one) => ((one + 1027) % 3) - 1);
    const opened = Uint8Array.from(message, (one) => one + 1);
    const coins = derive(`nkms/v1/${set.name}/coins`, opened, ownerPublicKey);
    const s = sparse(set, coins, "s", set.weight, set.weight);
    return { factors: [s.map((one) => 3 * one), message], value };
  });
  const [, estimate] = leastSquaresConvolution(equations);
  const constant = (at: number) => (at === 0 ? 1 : 0);
  return Int32Array.from(estimate, (value, at) => constant(at) + 3 * Math.round((value - constant(at)) / 3));
}

/** Whether these are the coefficients of an f = 1 + 3*F, where F has as many ones and minus ones as the set says. A recipient sees it too. */
function isSecret({ weight }: NtruSet, values: Int32Array): boolean {
  const rest = Array.from(values, (value, at) => value - (at === 0 ? 1 : 0));
  const count = (wanted: number) => rest.filter((value) => value === wanted).length;
  return count(3) === weight && count(-3) === weight && count(0) === values.length - 2 * weight;
}

/** rk = f_A/f_B. */
export function ntruAttacks(set: NtruSet): Attacks {
  const keyIn = (kfrag: Uint8Array) => decode(set, keyOf(kfrag));
  return {
    collude: ({ kfrag, recipient }) => bytesOf(centred(multiply(keyIn(kfrag), secretOf(set, recipient.secretKey)))),
    secretOf: (secretKey) => bytesOf(secretOf(set, secretKey)),
    choose({ recipient }, node) {
      return [bytesOf(secretFromChosen(set, recipient.secretKey, chosenCapsules(set).map(node)))];
    },
    wait({ engine, recipient, ownerPublicKey, random }, node) {
      const cfrags: Uint8Array[] = [];
      for (let count = FIRST_ANSWERS; ; count *= 2) {
        while (cfrags.length < count) cfrags.push(node(engine.encapsulate(ownerPublicKey, random).capsule));
        const found = secretFromHonest(set, recipient.secretKey, ownerPublicKey, cfrags);
        if (isSecret(set, found) || count >= MOST_ANSWERS) return bytesOf(found);
      }
    },
    reverse: (loot) => [withKey(loot, pack(reduced(invert(keyIn(loot.kfrag), set.order)), MODULUS_BITS))],
    /** rk*h_A = 3*g_A/f_B, which is h_B if the owners' g are the same. */
    /** rk*h_A = 3*g_A/f_B, which is h_B if the owners' g are the same. That the key of a pair is always the same shows in its bytes. */
    relations({ kfrag }, ownerPublicKey, recipientPublicKey) {
      const turned = reduced(multiply(keyIn(kfrag), decode(set, ownerPublicKey)));
      return equalBytes(bytesOf(turned), bytesOf(decode(set, recipientPublicKey))) ? ["rk*h_A is h_B"] : [];
    },
    forgeries,
  };
}
