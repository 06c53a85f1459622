/** The attacks on `lwe`, which do use the engine's own arithmetic: there is no library to take it from. */
import { concat } from "../../src/bytes";
import type { LweProfile } from "../../src/crypto/lwe/profile";
import { Ring, type Element } from "../../src/crypto/lwe/ring";
import { LweScheme, uniformElement } from "../../src/crypto/lwe/scheme";
import type { Attacks } from "./attack";
import { chosenCapsules, secretFromChosen } from "./chosenCapsules";
import { bytesOf, forge, keyOf, withKey } from "./latticeKey";

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
    /** Whether the key holds one of these public keys or a, or a sum or difference of them, but for noise. */
    links({ kfrag }, ownerPublicKey, recipientPublicKey) {
      const [owner, recipient] = [ownerPublicKey, recipientPublicKey].map((key) => ring.decode("key", key));
      const known = [owner, recipient, ring.add(owner, recipient), ring.subtract(owner, recipient)];
      const shared = uniformElement(ring, `nkms/v1/${profile.name}/a`);
      const candidates = [...known, shared, ring.add(shared, recipient), ring.subtract(shared, recipient)];
      return elements(keyOf(kfrag)).some((element) =>
        candidates.some((one) => isSmall(ring.subtract(element, one)) || isSmall(ring.add(element, one))),
      );
    },
    /** Whether two keys differ by noise in some part. */
    recognises(kfrag, other) {
      const [first, second] = [kfrag, other].map((one) => elements(keyOf(one)));
      return first.some((element, at) => isSmall(ring.subtract(element, second[at])));
    },
    forge,
  };
}
