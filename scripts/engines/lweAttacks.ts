/** The attacks on `lwe`, which do use the engine's own arithmetic: there is no library to take it from. */
import { concat } from "../../src/bytes";
import type { LweProfile } from "../../src/crypto/lwe/profile";
import { Ring, type Element } from "../../src/crypto/lwe/ring";
import { LweScheme, uniformElement } from "../../src/crypto/lwe/scheme";
import type { Attacks } from "./attack";
import { chosenCapsules, secretFromChosen } from "./chosenCapsules";
import { bytesOf, forgeries, keyOf, withKey } from "./latticeKey";

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
  const interpolated = (values: readonly Element[]) => values.map((one) => ring.interpolate(one));
  const isSmall = (residues: Element) =>
    ring.toIntegers(residues).every((value) => Math.abs(value) < ring.modulus / 2 ** 12);
  /** The first few coefficients tell nearly all that are not. */
  const isNoise = (residues: Element) => isSmall(residues.map((one) => one.subarray(0, 8))) && isSmall(residues);
  const shared = uniformElement(ring, `nkms/v1/${profile.name}/a`);
  const topFactor = () => {
    const last = profile.primes.at(-1)!;
    const digits = scheme.rowCount / profile.primes.length;
    return (ring.modulus / last) * 2 ** (profile.digitBits * (digits - 1));
  };
  return {
    collude({ kfrag, recipient }) {
      const [x, y] = elements(keyOf(kfrag)).slice(-2);
      const opened = coefficients(ring.add(ring.multiply(x, scheme.secret(recipient.secretKey)), y));
      return bytesOf(Int32Array.from(opened, (value) => Math.round(value / topFactor())));
    },
    choose({ recipient }, node) {
      const cfrags = chosenCapsules(profile).map(node);
      return [bytesOf(secretFromChosen(profile, recipient.secretKey, cfrags))];
    },
    secretOf: (secretKey) => bytesOf(Int32Array.from(coefficients(scheme.secret(secretKey)))),
    /** Nothing is known to work; exchanging the halves of the rows is what eq 20 would suggest. */
    reverse(loot) {
      const all = elements(keyOf(loot.kfrag));
      const exchanged = all.map((_, at) => ring.encode(all[at ^ 1]));
      return [withKey(loot, concat(...exchanged))];
    },
    /** Which parts of the key are, up to sign and noise, a public key, a, or the sum or difference of two of these. */
    relations({ kfrag }, ownerPublicKey, recipientPublicKey) {
      const single = [ownerPublicKey, recipientPublicKey].map((key) => ring.decode("key", key)).concat([shared]);
      const pairs = single.flatMap((one, at) => single.slice(at + 1).map((other) => [one, other] as const));
      const sums = pairs.flatMap(([one, other]) => [ring.add(one, other), ring.subtract(one, other)]);
      const known = interpolated([...single, ...sums]);
      return interpolated(elements(keyOf(kfrag))).flatMap((part, at) =>
        known.flatMap((one, place) => {
          const isNear = isNoise(ring.subtract(part, one)) || isNoise(ring.add(part, one));
          return isNear ? [`${at} is ${place}`] : [];
        }),
      );
    },
    /** The parts that differ by noise. */
    alike(kfrag, other) {
      const [first, second] = [kfrag, other].map((one) => interpolated(elements(keyOf(one))));
      return first.flatMap((part, at) => (isNoise(ring.subtract(part, second[at])) ? [`${at}`] : []));
    },
    forgeries,
  };
}
