import { expect } from "chai";

import { expand } from "../../../../src/crypto/lattice/expand";
import { ternary } from "../../../../src/crypto/lattice/sampler";
import {
  failureLog2,
  divergence,
  LWE_1024,
  LWE_2048,
  MESSAGE_BITS,
  noiseOf,
  type LweProfile,
} from "../../../../src/crypto/lwe/profile";
import { Ring, type Element } from "../../../../src/crypto/lwe/ring";
import { LweScheme, uniformElement, type Ciphertext } from "../../../../src/crypto/lwe/scheme";
import { leastSquares } from "../../../support/leastSquares";
import { add, centred, mod, multiply, negacyclic, phase, switchKey, type Vector } from "../../../support/plainLwe";
import { seededRandom } from "../../../support/seededRandom";

const DEGREE = 16;

function setting(profile: LweProfile) {
  const ring = new Ring(profile.degree, profile.primes);
  return { ring, scheme: new LweScheme(ring, profile), q: BigInt(ring.modulus) };
}

/** The same moduli, digits and flood in a ring small enough for matrices. A message is its lowest 16 bits there. */
const small = (profile: LweProfile) => setting({ ...profile, name: `${profile.name} small`, degree: DEGREE });

describe("arithmetic of lwe", () => {
  for (const profile of [LWE_1024, LWE_2048]) {
    context(`${profile.name} in a small ring, against plain LWE`, () => {
      const { ring, scheme, q } = small(profile);
      const random = seededRandom(`plain ${profile.name}`);
      const [ownerSeed, recipientSeed] = [random(32), random(32)];
      const vector = (element: Element): Vector =>
        Array.from(ring.toIntegers(element), (value) => mod(BigInt(value), q));
      const coefficients = (values: Element) => vector(ring.interpolate(values));
      const message = new Uint8Array(32);
      message.set(random(2));
      const encrypt = () => scheme.encrypt(scheme.publicKey(ownerSeed), message, random(32));
      const secretMatrix = (seed: Uint8Array) => negacyclic(coefficients(scheme.secret(seed)));
      const rows = scheme.rekey(scheme.secret(ownerSeed), scheme.publicKey(recipientSeed), random(32));

      it("has ternary secrets and public keys p = e - a*s with small e", () => {
        const secret = coefficients(scheme.secret(ownerSeed)).map((value) => centred(value, q));
        expect(secret.every((value) => value >= -1n && value <= 1n)).to.equal(true);
        const a = coefficients(uniformElement(ring, `nkms/v1/${scheme.profile.name}/a`));
        const error = add(coefficients(scheme.publicKey(ownerSeed)), multiply(a, secret, q), q);
        expect(error.every((value) => centred(value, q) >= -21n && centred(value, q) <= 21n)).to.equal(true);
        expect(new Set(error).size).to.be.above(4);
      });

      it("decrypts as matrices do", () => {
        const ciphertext = encrypt();
        const expected = phase(vector(ciphertext.c1), vector(ciphertext.c2), secretMatrix(ownerSeed), q);
        const actual = Array.from(scheme.phase(scheme.secret(ownerSeed), ciphertext), BigInt);
        expect(actual).to.deep.equal(expected);
        const bits = expected.map((value) => Number(4n * (value < 0n ? -value : value) > q));
        const bytes = [0, 8].map((start) =>
          bits.slice(start, start + 8).reduce((sum, bit, at) => sum | (bit << at), 0),
        );
        expect(bytes).to.deep.equal([...message.slice(0, 2)]);
        expect(scheme.decrypt(scheme.secret(ownerSeed), ciphertext)).to.deep.equal(message);
      });

      it("splits c1 into digits of bounded size that make it up again", () => {
        const { c1 } = encrypt();
        const digits = scheme.digits(c1);
        const width = BigInt(profile.digitBits);
        const perPrime = digits.length / profile.primes.length;
        const total = digits.reduce<Vector>((sum, digit, index) => {
          const cofactor = q / BigInt(profile.primes[Math.floor(index / perPrime)]);
          const factor = cofactor << (width * BigInt(index % perPrime));
          expect(digit.every((value) => Math.abs(value) <= 2 ** (profile.digitBits - 1))).to.equal(true);
          return add(
            sum,
            Array.from(digit, (value) => factor * BigInt(value)),
            q,
          );
        }, Array<bigint>(DEGREE).fill(0n));
        expect(total).to.deep.equal(vector(c1));
      });

      it("turns as matrices do: the randomness of equal seeds cancels out", () => {
        const ciphertext = encrypt();
        const nothing: Ciphertext = {
          c1: ring.fromIntegers([]),
          c2: ring.fromIntegers([]),
        };
        const seed = random(32);
        const [turned, background] = [ciphertext, nothing].map((one) => scheme.turn(rows, one, seed));
        const difference = (side: "c1" | "c2") => vector(ring.subtract(turned[side], background[side]));
        const matrices = rows.slice(1).map(({ x, y }) => ({
          x: negacyclic(coefficients(x)),
          y: negacyclic(coefficients(y)),
        }));
        const digits = scheme.digits(ciphertext.c1).map((digit) => Array.from(digit, BigInt));
        const expected = switchKey(digits, matrices, q);
        expect(difference("c1")).to.deep.equal(expected.c1);
        expect(difference("c2")).to.deep.equal(add(expected.c2, vector(ciphertext.c2), q));
      });

      it("puts errors into both halves of all it encrypts", () => {
        const seed = random(32);
        const publicKey = scheme.publicKey(recipientSeed);
        const [a, domain] = [
          uniformElement(ring, `nkms/v1/${scheme.profile.name}/a`),
          `nkms/v1/${scheme.profile.name}`,
        ];
        const errors = (use: string, x: Element, y: Element) => {
          const r = ring.evaluate(ring.fromIntegers(ternary(expand(`${domain}/${use}/r`, seed, 4 * DEGREE))));
          return [ring.subtract(x, ring.multiply(a, r)), ring.subtract(y, ring.multiply(publicKey, r))].map((values) =>
            ring.toIntegers(ring.interpolate(values)),
          );
        };
        const nothing = scheme.rekey(ring.fromIntegers([]), publicKey, seed);
        const { c1, c2 } = scheme.encrypt(publicKey, new Uint8Array(32), seed);
        const made = [
          errors("zero", nothing[0].x, nothing[0].y),
          ...nothing.slice(1).map(({ x, y }, index) => errors(`row/${index}`, x, y)),
          errors("encrypt", ring.evaluate(c1), ring.evaluate(c2)),
        ];
        for (const error of made.flat()) {
          expect(error.every((value) => Math.abs(value) <= 21)).to.equal(true);
          expect(new Set(error).size).to.be.above(4);
        }
        expect(new Set(made.flat().map(String)).size).to.equal(2 * made.length);
      });

      it("adds an encryption of zero, noise and a flood to what it turns", () => {
        const seed = random(32);
        const turned = scheme.turn(rows, { c1: ring.fromIntegers([]), c2: ring.fromIntegers([]) }, seed);
        const stream = expand(`nkms/v1/${scheme.profile.name}/randomiser`, seed, 4 * DEGREE);
        const v = ring.evaluate(ring.fromIntegers(ternary(stream)));
        const rest = (side: "x" | "y", of: Element) =>
          ring.toIntegers(ring.subtract(of, ring.interpolate(ring.multiply(v, rows[0][side]))));
        const [noise, flooding] = [rest("x", turned.c1), rest("y", turned.c2)];
        expect(noise.every((value) => Math.abs(value) <= 21)).to.equal(true);
        expect(new Set(noise).size).to.be.above(4);
        const size = Math.max(...flooding.map(Math.abs)) / 2 ** profile.floodBits;
        expect(size).to.be.within(0.5, 6);
      });

      it("opens for the recipient once turned", () => {
        const turned = scheme.turn(rows, encrypt(), random(32));
        expect(scheme.decrypt(scheme.secret(recipientSeed), turned)).to.deep.equal(message);
      });
    });
  }

  context("noise", () => {
    for (const profile of [LWE_1024, LWE_2048]) {
      it(`of ${profile.name} has the variance of its formula: fresh, and after turns`, () => {
        const { ring, scheme } = setting(profile);
        const random = seededRandom(`noise of ${profile.name}`);
        const half = (ring.modulus - 1) / 2;
        const sums = [0, 0, 0];
        const keys = 6;
        for (let key = 0; key < keys; key++) {
          const seed = random(32);
          const rows = scheme.rekey(scheme.secret(seed), scheme.publicKey(seed), random(32));
          const message = random(32);
          let ciphertext = scheme.encrypt(scheme.publicKey(seed), message, random(32));
          for (let hops = 0; hops < sums.length; hops++) {
            scheme.phase(scheme.secret(seed), ciphertext).forEach((value, at) => {
              const bit = (message[at >> 3] >> (at & 7)) & 1;
              const noise = bit ? value - Math.sign(value) * half : value;
              sums[hops] += noise ** 2 / (keys * MESSAGE_BITS);
            });
            ciphertext = scheme.turn(rows, ciphertext, random(32));
          }
        }
        const { fresh, switching, randomising, flooding } = noiseOf(profile);
        sums.forEach((variance, hops) => {
          const expected = fresh + hops * (switching + randomising + flooding);
          expect(variance / expected).to.be.within(0.85, 1.15);
        });
      });
    }

    it("fails as rarely as the profiles say", () => {
      // z = (q/4)/sd for fresh 2^6.90 and a turn of sd 579,925 (flood 2^19, switching 2^17.92, randomising 2^11.61)
      const z = LWE_1024.primes[0] / 4 / Math.hypot(119.8, Math.sqrt(6) * 579_925);
      const expected = 8 + 1 - (z * z) / (2 * Math.LN2) - Math.log2(z * Math.sqrt(2 * Math.PI));
      expect(failureLog2(LWE_1024, 6)).to.be.closeTo(expected, 0.1);
      expect(failureLog2(LWE_1024, 7)).to.be.above(-95);
      expect(failureLog2(LWE_2048, 255)).to.be.below(-2900);
    });

    it("is flooded: what the light profile hides, and what the strong one", () => {
      const light = noiseOf(LWE_1024);
      expect(divergence(LWE_1024, light.fresh, LWE_1024.maxAnswers)).to.be.below(2 ** -8);
      expect(divergence(LWE_1024, light.switching, 1)).to.be.above(1);
      const strong = noiseOf(LWE_2048);
      const all = strong.fresh + strong.switching + strong.randomising;
      expect(divergence(LWE_2048, all, LWE_2048.maxAnswers)).to.be.below(2 ** -8);
    });
  });

  context("collusion", () => {
    for (const profile of [LWE_1024, LWE_2048]) {
      it(`of the recipient with a node gives every coefficient of the owner's secret (${profile.name})`, () => {
        const { ring, scheme, q } = setting(profile);
        const random = seededRandom(`collusion ${profile.name}`);
        const [owner, recipient] = [scheme.secret(random(32)), random(32)];
        const rows = scheme.rekey(owner, scheme.publicKey(recipient), random(32));
        const top = rows.at(-1)!;
        const opened = ring.add(ring.multiply(top.x, scheme.secret(recipient)), top.y);
        const perPrime = (rows.length - 1) / profile.primes.length;
        const last = BigInt(profile.primes.at(-1)!);
        const factor = Number(centred((q / last) << BigInt(profile.digitBits * (perPrime - 1)), q));
        const recovered = Array.from(ring.toIntegers(ring.interpolate(opened)), (value) => Math.round(value / factor));
        const actual = Array.from(ring.toIntegers(ring.interpolate(owner)));
        expect(recovered.map((value) => value + 0)).to.deep.equal(actual);
      });
    }
  });

  context("a recipient, who has the randomness of all he opens", () => {
    const { ring, scheme } = small(LWE_1024);
    const random = seededRandom("recipient");
    const [ownerSeed, recipientSeed] = [random(32), random(32)];
    const publicKey = scheme.publicKey(ownerSeed);
    const rows = scheme.rekey(scheme.secret(ownerSeed), scheme.publicKey(recipientSeed), random(32));
    const integers = (element: Element) => Array.from(ring.toIntegers(element));

    /** The matrix that multiplies a column of unknown coefficients by this polynomial. */
    const equations = (polynomial: number[]): number[][] => {
      const matrix = negacyclic(polynomial.map(BigInt));
      return polynomial.map((_, k) => matrix.map((row) => Number(row[k])));
    };

    const smallPolynomial = () => Array.from({ length: DEGREE }, () => (random(1)[0] % 5) - 2);

    /**
     * Capsules are c1 = a*r + e1, c2 = p*r + e2, where r, e1 and e2 follow from the message. Bob opens what the node turned and has the noise r*e + e1*s + sum digit*E + e2, in
     * which all is known but e, s and the E of the rows.
     */
    function recoverSecret(turn: (ciphertext: Ciphertext) => Ciphertext, capsules: number): number[] {
      const a = uniformElement(ring, `nkms/v1/${scheme.profile.name}/a`);
      const knowns: number[][] = [];
      const values: number[] = [];
      for (let capsule = 0; capsule < capsules; capsule++) {
        const [r, e1, e2] = [smallPolynomial(), smallPolynomial(), smallPolynomial()];
        const rValues = ring.evaluate(ring.fromIntegers(r));
        const c1 = ring.add(ring.interpolate(ring.multiply(a, rValues)), ring.fromIntegers(e1));
        const c2 = ring.add(ring.interpolate(ring.multiply(publicKey, rValues)), ring.fromIntegers(e2));
        const noise = scheme.phase(scheme.secret(recipientSeed), turn({ c1, c2 }));
        const blocks = [e1, r, ...scheme.digits(c1).map((digit) => Array.from(digit))].map(equations);
        noise.forEach((value, k) => {
          knowns.push(blocks.flatMap((block) => block[k]));
          values.push(value - e2[k]);
        });
      }
      return leastSquares(knowns, values)
        .slice(0, DEGREE)
        .map((value) => Math.round(value) + 0);
    }

    /** The turn without randomiser and flood. */
    const bare = ({ c1, c2 }: Ciphertext): Ciphertext => {
      const digits = scheme.digits(c1).map((digit) => ring.evaluate(ring.fromIntegers(digit)));
      const sum = (side: "x" | "y") =>
        ring.interpolate(
          digits
            .map((digit, index) => ring.multiply(digit, rows[index + 1][side]))
            .reduce((total, product) => ring.add(total, product)),
        );
      return { c1: sum("x"), c2: ring.add(c2, sum("y")) };
    };
    const actual = integers(ring.interpolate(scheme.secret(ownerSeed)));

    it("recovers the owner's secret from a few answers of a node that does not flood", () => {
      expect(recoverSecret(bare, 8)).to.deep.equal(actual);
    });

    it("does not from a hundred answers of ours", () => {
      const recovered = recoverSecret((ciphertext) => scheme.turn(rows, ciphertext, random(32)), 100);
      expect(recovered).to.not.deep.equal(actual);
      expect(recovered.filter((value, at) => value !== actual[at]).length).to.be.above(DEGREE / 2);
    });
  });
});
