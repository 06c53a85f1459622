/** The attacks on the lattice engines, which do use the engines' own arithmetic: there is no library to take it from. */
import { concat, equalBytes } from "../../src/bytes";
import { bindingOf, makeFractions } from "../../src/crypto/lattice/fraction";
import { expand } from "../../src/crypto/lattice/expand";
import { pack, unpack } from "../../src/crypto/lattice/packing";
import { fixedWeight } from "../../src/crypto/lattice/sampler";
import type { LweProfile } from "../../src/crypto/lwe/profile";
import { Ring, type Element } from "../../src/crypto/lwe/ring";
import { LweScheme, uniformElement } from "../../src/crypto/lwe/scheme";
import { MODULUS_BITS, type NtruSet } from "../../src/crypto/ntru/parameters";
import { invert, multiply } from "../../src/crypto/ntru/ring";
import { osRandom } from "../../src/crypto/random";
import type { Attacks, Loot } from "./attack";

/** kfrag = root 32 ‖ salt 32 ‖ seed 32 ‖ key */
const KEY_START = 96;
const BODY_START = 64;

const bytesOf = (values: Int32Array) => new Uint8Array(values.slice().buffer);

/** A kfrag like this one with another key in it. */
function withKey({ kfrag }: Loot, key: Uint8Array): Uint8Array {
  return makeFractions(concat(kfrag.slice(BODY_START, KEY_START), key), 1, osRandom)[0].kfrag;
}

/** The node gives the answer to another capsule, bound to this one. */
function forge({ engine, kfrag, commitment, ownerPublicKey }: Loot, capsule: Uint8Array): Uint8Array {
  const other = engine.encapsulate(ownerPublicKey, osRandom).capsule;
  const turn = engine.reencrypt(kfrag, other, osRandom).slice(0, -32);
  return concat(turn, bindingOf(`nkms/v1/${engine.properties.name}/answer`, commitment.digest, capsule, turn));
}

/** Y + X*s_B = g*s_A + noise, where g is large against the noise in the last row. */
export function lweAttacks(profile: LweProfile): Attacks {
  const ring = new Ring(profile.degree, profile.primes);
  const scheme = new LweScheme(ring, profile);
  const length = ring.encodedLength();
  const elements = (bytes: Uint8Array): Element[] =>
    Array.from({ length: bytes.length / length }, (_, at) =>
      ring.decode("element", bytes.slice(at * length, (at + 1) * length)),
    );
  const coefficients = (values: Element) => ring.toIntegers(ring.interpolate(values));
  const isSmall = (values: Element) => coefficients(values).every((value) => Math.abs(value) < ring.modulus / 2 ** 12);
  const topFactor = () => {
    const last = profile.primes.at(-1)!;
    const digits = scheme.rowCount / profile.primes.length;
    return (ring.modulus / last) * 2 ** (profile.digitBits * (digits - 1));
  };
  return {
    collude({ kfrag, recipient }) {
      const [x, y] = elements(kfrag.slice(KEY_START)).slice(-2);
      const opened = coefficients(ring.add(ring.multiply(x, scheme.secret(recipient.secretKey)), y));
      return bytesOf(Int32Array.from(opened, (value) => Math.round(value / topFactor())));
    },
    secretOf: (secretKey) => bytesOf(Int32Array.from(coefficients(scheme.secret(secretKey)))),
    /** Nothing is known to work; exchanging the halves of the rows is what eq 20 would suggest. */
    reverse(loot) {
      const all = elements(loot.kfrag.slice(KEY_START));
      const exchanged = all.map((_, at) => ring.encode(all[at ^ 1]));
      return withKey(loot, concat(...exchanged));
    },
    /** Whether the key holds one of these public keys or a, or a sum or difference of them, but for noise. */
    links({ kfrag }, ownerPublicKey, recipientPublicKey) {
      const [owner, recipient] = [ownerPublicKey, recipientPublicKey].map((key) => ring.decode("key", key));
      const known = [owner, recipient, ring.add(owner, recipient), ring.subtract(owner, recipient)];
      const shared = uniformElement(ring, `nkms/v1/${profile.name}/a`);
      const candidates = [...known, shared, ring.add(shared, recipient), ring.subtract(shared, recipient)];
      return elements(kfrag.slice(KEY_START)).some((element) =>
        candidates.some((one) => isSmall(ring.subtract(element, one)) || isSmall(ring.add(element, one))),
      );
    },
    /** Whether two keys differ by noise in some part. */
    recognises(kfrag, other) {
      const [first, second] = [kfrag, other].map((one) => elements(one.slice(KEY_START)));
      return first.some((element, at) => isSmall(ring.subtract(element, second[at])));
    },
    forge,
  };
}

/** rk = f_A/f_B. */
export function ntruAttacks(set: NtruSet): Attacks {
  const decode = (bytes: Uint8Array) => unpack("key", bytes, set.degree, MODULUS_BITS, 2 ** MODULUS_BITS);
  const keyOf = (kfrag: Uint8Array) => decode(kfrag.slice(KEY_START));
  const reduced = (values: Int32Array) => values.map((value) => value & (2 ** MODULUS_BITS - 1));
  const secret = (secretKey: Uint8Array): Int32Array => {
    const stream = expand(`nkms/v1/${set.name}/f`, secretKey, 4 * set.degree);
    return fixedWeight(stream, set.weight, set.weight).map((value, at) => 3 * value + (at === 0 ? 1 : 0));
  };
  return {
    collude: ({ kfrag, recipient }) => bytesOf(reduced(multiply(keyOf(kfrag), secret(recipient.secretKey)))),
    secretOf: (secretKey) => bytesOf(reduced(secret(secretKey))),
    reverse: (loot) => withKey(loot, pack(reduced(invert(keyOf(loot.kfrag), set.order)), MODULUS_BITS)),
    /** rk*h_A = 3*g_A/f_B, which is h_B if the owners' g are the same. */
    links: ({ kfrag }, ownerPublicKey, recipientPublicKey) =>
      equalBytes(bytesOf(reduced(multiply(keyOf(kfrag), decode(ownerPublicKey)))), bytesOf(decode(recipientPublicKey))),
    /** The key of a pair is always the same. */
    recognises: (kfrag, other) => equalBytes(bytesOf(keyOf(kfrag)), bytesOf(keyOf(other))),
    forge,
  };
}
