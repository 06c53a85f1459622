/**
 * NTRU re-encryption (Nunez, Agudo and Lopez 2015; paper II.A.3, [17, 18]) in Z_q[x]/(x^N - 1), q = 2048, p = 3.
 *
 *   keys     F sparse, f = 1 + 3*F, g, h = 3*g/f
 *   encrypt  c = h*s + m, s sparse, m ternary        decrypt  (f*c around zero) mod 3 = m
 *   rekey    rk = f_A/f_B                             turn     c' = rk*c + 3*e, e sparse
 *
 * It is interactive and bi-directional, and f_B with the key gives f_A. A recipient gets f_A without the key too, from fifty answers or from two to capsules he chose, so it is for
 * one owner's own keys. Built from the published description, not proven.
 */
import { concat } from "../bytes";
import { requireLength } from "./encoding";
import type { EngineProperties, LatticeEngine, RandomSource } from "./engine";
import { badEncoding } from "./errors";
import { pairedRecipientSecret } from "./interactive";
import type { LatticeScheme, RekeyKeys } from "./lattice/capsule";
import { derive, expand } from "./lattice/expand";
import { latticeEngine, SEED_LENGTH } from "./lattice/latticeEngine";
import { pack, packedLength, unpack } from "./lattice/packing";
import { requireKnownSet } from "./lattice/parameterSets";
import { fixedWeight, ternary, TERNARY_BYTES, WEIGHT_BYTES } from "./lattice/sampler";
import { failureLog2, MODULUS, MODULUS_BITS, NTRU_1087, NTRU_SETS, type NtruSet } from "./ntru/parameters";
import { invert, multiply } from "./ntru/ring";
import { draw } from "./random";
import { wipe } from "./secrets";

function propertiesOf(set: NtruSet): EngineProperties {
  return {
    name: set.name,
    interactive: true,
    unidirectional: false,
    maxHops: set.maxHops,
    collusionResistant: false,
    keyPrivate: false,
    threshold: false,
    verifiable: "by the recipient",
    onChainVerifiable: false,
    failureLog2: failureLog2(set, set.maxHops),
    maxAnswers: 0,
  };
}

/** The centred residue of a value modulo 3, for values around zero modulo q. 1026 is a multiple of 3 above q/2. */
function messageOf(value: number): number {
  const lifted = ((value << (32 - MODULUS_BITS)) >> (32 - MODULUS_BITS)) + 1026;
  const residue = lifted - 3 * ((lifted * 43_691) >> 17);
  return residue - 3 * (residue >> 1);
}

/** Polynomials are N coefficients of 11 bits at the edges, and a message is a byte of 0 to 2 per coefficient. body = seed 32 ‖ rk. */
class NtruScheme implements LatticeScheme {
  readonly properties: EngineProperties;
  readonly publicKeyLength: number;
  readonly ciphertextLength: number;
  readonly bodyLength: number;

  constructor(private readonly set: NtruSet) {
    this.properties = propertiesOf(set);
    this.publicKeyLength = packedLength(set.degree, MODULUS_BITS);
    this.ciphertextLength = this.publicKeyLength;
    this.bodyLength = SEED_LENGTH + this.publicKeyLength;
  }

  failureLog2(hops: number): number {
    return failureLog2(this.set, hops);
  }

  publicKeyOf(seed: Uint8Array): Uint8Array {
    const { keyWeight, order } = this.set;
    const f = this.#secret(seed);
    const g = this.#sparse(seed, "g", keyWeight + 1, keyWeight);
    const inverse = invert(f, order);
    const quotient = multiply(g, inverse);
    wipe(f, g, inverse);
    return this.#encode(quotient.map((coefficient) => 3 * coefficient));
  }

  /** h(1) = 3*g(1)/f(1) = 3. */
  checkPublicKey(field: string, bytes: Uint8Array): void {
    requireValue(field, valueAtOne(this.#decode(field, bytes)), 3);
  }

  checkCiphertext(field: string, bytes: Uint8Array): void {
    this.#decode(field, bytes);
  }

  /** rk(1) = f_A(1)/f_B(1) = 1. */
  checkBody(field: string, bytes: Uint8Array): void {
    const key = this.#decode(field, bytes.subarray(SEED_LENGTH));
    const value = valueAtOne(key);
    wipe(key);
    requireValue(field, value, 1);
  }

  drawMessage(random: RandomSource): Uint8Array {
    const seed = draw(random, SEED_LENGTH);
    const message = ternary(expand(this.#domain("message"), seed, TERNARY_BYTES * this.set.degree));
    const bytes = Uint8Array.from(message, (coefficient) => coefficient + 1);
    wipe(seed, message);
    return bytes;
  }

  encrypt(publicKey: Uint8Array, message: Uint8Array, seed: Uint8Array): Uint8Array {
    const { weight } = this.set;
    const sum = multiply(this.#decode("publicKey", publicKey), this.#sparse(seed, "s", weight, weight));
    for (let index = 0; index < sum.length; index++) sum[index] += message[index] - 1;
    return this.#encode(sum);
  }

  decrypt(secretKey: Uint8Array, ciphertext: Uint8Array): Uint8Array {
    const f = this.#secret(secretKey);
    const product = multiply(f, this.#decode("ciphertext", ciphertext));
    const message = Uint8Array.from(product, (value) => messageOf(value) + 1);
    wipe(f, product);
    return message;
  }

  /** Draws the seed of all turns. */
  rekey(keys: RekeyKeys, random: RandomSource): Uint8Array {
    const secretKey = pairedRecipientSecret(keys, (field, key) => {
      requireLength(field, key, SEED_LENGTH);
      return this.publicKeyOf(key);
    });
    const turnSeed = draw(random, SEED_LENGTH);
    const recipient = this.#secret(secretKey);
    const owner = this.#secret(keys.ownerSecretKey);
    const inverse = invert(recipient, this.set.order);
    const quotient = multiply(owner, inverse);
    const encoded = this.#encode(quotient);
    const body = concat(turnSeed, encoded);
    wipe(turnSeed, recipient, owner, inverse, quotient, encoded);
    return body;
  }

  /** e from the key's seed and the ciphertext: the same answer to the same request. */
  turn(body: Uint8Array, ciphertext: Uint8Array): Uint8Array {
    const { weight } = this.set;
    const seed = derive(this.#domain("turn"), body.subarray(0, SEED_LENGTH), ciphertext);
    const key = this.#decode("kfrag", body.subarray(SEED_LENGTH));
    const product = multiply(key, this.#decode("capsule", ciphertext));
    const noise = this.#sparse(seed, "e", weight, weight);
    for (let index = 0; index < product.length; index++) product[index] += 3 * noise[index];
    wipe(seed, key, noise);
    return this.#encode(product);
  }

  /** f = 1 + 3*F. */
  #secret(seed: Uint8Array): Int32Array {
    const f = this.#sparse(seed, "f", this.set.weight, this.set.weight);
    for (let index = 0; index < f.length; index++) f[index] *= 3;
    f[0] += 1;
    return f;
  }

  #sparse(seed: Uint8Array, use: string, plus: number, minus: number): Int32Array {
    return fixedWeight(expand(this.#domain(use), seed, WEIGHT_BYTES * this.set.degree), plus, minus);
  }

  #encode(polynomial: Int32Array): Uint8Array {
    const reduced = polynomial.map((coefficient) => coefficient & (MODULUS - 1));
    const bytes = pack(reduced, MODULUS_BITS);
    wipe(reduced);
    return bytes;
  }

  #decode(field: string, bytes: Uint8Array): Int32Array {
    return unpack(field, bytes, this.set.degree, MODULUS_BITS, MODULUS);
  }

  #domain(use: string): string {
    return `nkms/v1/${this.set.name}/${use}`;
  }
}

/** The sum of coefficients modulo q. */
function valueAtOne(polynomial: Int32Array): number {
  return polynomial.reduce((total, coefficient) => total + coefficient, 0) % MODULUS;
}

/** A polynomial of the right kind has a known value at 1; most that were changed do not. */
function requireValue(field: string, value: number, expected: number): void {
  if (value !== expected) throw badEncoding(field, "has the wrong value at 1", value, expected);
}

/** The NTRU engine of NTRU_1087 or NTRU_1499, by default the smaller. Throws E_BAD_PARAMETERS at any other set. */
export function ntru(set: NtruSet = NTRU_1087): LatticeEngine {
  return latticeEngine(new NtruScheme(requireKnownSet(set, NTRU_SETS)));
}
