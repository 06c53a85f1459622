/** What a recipient of the ring-LWE engine does alone, with nothing but an honest node's answers to capsules of his own choice. */
import { concat } from "../../src/bytes";
import { MESSAGE_BITS, type LweProfile } from "../../src/crypto/lwe/profile";
import { Ring } from "../../src/crypto/lwe/ring";
import { LweScheme } from "../../src/crypto/lwe/scheme";

/** Large against the flood, and not so large that a coefficient of its product with a ternary secret passes q/4. */
const factorOf = (ring: Ring) => 2 ** Math.floor(Math.log2(ring.modulus / 4));

/** c1 = K*x^(-256j), c2 = 0 and no commitment: answers are the coefficients from 256j on of K*s_A. */
export function chosenCapsules(profile: LweProfile): Uint8Array[] {
  const ring = new Ring(profile.degree, profile.primes);
  const nothing = ring.fromIntegers([]).map((residues) => residues.subarray(0, MESSAGE_BITS));
  return Array.from({ length: profile.degree / MESSAGE_BITS }, (_, index) => {
    const c1 = new Float64Array(profile.degree);
    c1[(profile.degree - MESSAGE_BITS * index) % profile.degree] = (index === 0 ? 1 : -1) * factorOf(ring);
    return concat(ring.encode(ring.fromIntegers(c1)), ring.encode(nothing), new Uint8Array(32));
  });
}

/** The owner's ternary secret, from the answers to those capsules. */
export function secretFromChosen(profile: LweProfile, recipientSecretKey: Uint8Array, cfrags: readonly Uint8Array[]) {
  const ring = new Ring(profile.degree, profile.primes);
  const scheme = new LweScheme(ring, profile);
  const length = ring.encodedLength();
  const coefficients = cfrags.flatMap((cfrag) => {
    const c1 = ring.decode("answer", cfrag.slice(1, 1 + length));
    const c2 = ring.decode("answer", cfrag.slice(1 + length, -32), MESSAGE_BITS);
    const phase = scheme.phase(scheme.secret(recipientSecretKey), { c1, c2 });
    return Array.from(phase, (value) => Math.round(value / factorOf(ring)));
  });
  return Int32Array.from(coefficients);
}
