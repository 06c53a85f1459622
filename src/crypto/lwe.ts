/**
 * The hierarchical engine (ring form of Phong, Wang, Aono, Nguyen and Boyen, ePrint 2016/327; paper II.B, V.C, eq 22, 24): multi-hop,
 * uni-directional, non-interactive, and a re-encryption key names nobody. Built after that line of work from its abstracts, not checked against
 * the paper's own scheme and parameters, and not proven.
 *
 * It is for the edges of a hierarchy, from a file's key to its folder's and on to the parent's. The last hop to a stranger is not for it: a node and
 * the recipient together compute the owner's scope key. And whoever opens a capsule has the randomness it was made of, so that every answer tells a
 * recipient something of the owner's key. Flooding noise hides it in `maxAnswers` answers to honest capsules. It hides nothing in answers to capsules that a
 * recipient chose, of which four or eight are the owner's key: `CountedFraction` turns only signed ones.
 */
import { concat } from "../bytes";
import type { EngineProperties, LatticeEngine, RandomSource } from "./engine";
import type { LatticeScheme, RekeyKeys } from "./lattice/capsule";
import { derive } from "./lattice/expand";
import { latticeEngine, SEED_LENGTH } from "./lattice/latticeEngine";
import { requireKnownSet } from "./lattice/parameterSets";
import { failureLog2, LWE_1024, LWE_PROFILES, MESSAGE_BITS, type LweProfile } from "./lwe/profile";
import { Ring } from "./lwe/ring";
import { LweScheme, type Ciphertext, type Row } from "./lwe/scheme";
import { draw } from "./random";
import { wipe } from "./secrets";

function propertiesOf(profile: LweProfile): EngineProperties {
  return {
    name: profile.name,
    interactive: false,
    unidirectional: true,
    maxHops: profile.maxHops,
    collusionResistant: false,
    keyPrivate: true,
    threshold: false,
    verifiable: "by the recipient",
    onChainVerifiable: false,
    failureLog2: failureLog2(profile, profile.maxHops),
    maxAnswers: profile.maxAnswers,
  };
}

/** Bytes at the edges of the arithmetic: public keys and rows as values, ciphertexts as coefficients. body = seed 32 ‖ X, Y of every row. */
export class EncodedLwe implements LatticeScheme {
  readonly properties: EngineProperties;
  readonly publicKeyLength: number;
  readonly ciphertextLength: number;
  readonly bodyLength: number;
  readonly #ring: Ring;
  readonly #scheme: LweScheme;

  constructor(private readonly profile: LweProfile) {
    this.properties = propertiesOf(profile);
    this.#ring = new Ring(profile.degree, profile.primes);
    this.#scheme = new LweScheme(this.#ring, profile);
    this.publicKeyLength = this.#ring.encodedLength();
    this.ciphertextLength = this.publicKeyLength + this.#ring.encodedLength(MESSAGE_BITS);
    this.bodyLength = SEED_LENGTH + 2 * (1 + this.#scheme.rowCount) * this.publicKeyLength;
  }

  failureLog2(hops: number): number {
    return failureLog2(this.profile, hops);
  }

  publicKeyOf(seed: Uint8Array): Uint8Array {
    return this.#ring.encode(this.#scheme.publicKey(seed));
  }

  checkPublicKey(field: string, bytes: Uint8Array): void {
    this.#ring.decode(field, bytes);
  }

  checkCiphertext(field: string, bytes: Uint8Array): void {
    this.#readCiphertext(field, bytes);
  }

  checkBody(field: string, bytes: Uint8Array): void {
    wipeRows(this.#readRows(field, bytes));
  }

  drawMessage(random: RandomSource): Uint8Array {
    return draw(random, MESSAGE_BITS / 8);
  }

  encrypt(publicKey: Uint8Array, message: Uint8Array, seed: Uint8Array): Uint8Array {
    return this.#write(this.#scheme.encrypt(this.#ring.decode("publicKey", publicKey), message, seed));
  }

  decrypt(secretKey: Uint8Array, ciphertext: Uint8Array): Uint8Array {
    const secret = this.#scheme.secret(secretKey);
    const message = this.#scheme.decrypt(secret, this.#readCiphertext("ciphertext", ciphertext));
    wipe(...secret);
    return message;
  }

  /** Draws the seed of the rows, then the seed of all turns. */
  rekey({ ownerSecretKey, recipientPublicKey }: RekeyKeys, random: RandomSource): Uint8Array {
    const rowSeed = draw(random, SEED_LENGTH);
    const turnSeed = draw(random, SEED_LENGTH);
    const owner = this.#scheme.secret(ownerSecretKey);
    const rows = this.#scheme.rekey(owner, this.#ring.decode("recipientPublicKey", recipientPublicKey), rowSeed);
    wipe(rowSeed, ...owner);
    return concat(turnSeed, ...rows.flatMap(({ x, y }) => [this.#ring.encode(x), this.#ring.encode(y)]));
  }

  /** Randomness from the key's seed and the ciphertext: the same answer to the same request, and a fresh flood for another. */
  turn(body: Uint8Array, ciphertext: Uint8Array): Uint8Array {
    const seed = derive(`nkms/v1/${this.profile.name}/turn`, body.subarray(0, SEED_LENGTH), ciphertext);
    const rows = this.#readRows("kfrag", body);
    const turned = this.#scheme.turn(rows, this.#readCiphertext("capsule", ciphertext), seed);
    wipe(seed);
    wipeRows(rows);
    return this.#write(turned);
  }

  #write({ c1, c2 }: Ciphertext): Uint8Array {
    return concat(this.#ring.encode(c1), this.#ring.encode(c2));
  }

  #readCiphertext(field: string, bytes: Uint8Array): Ciphertext {
    return {
      c1: this.#ring.decode(field, bytes.subarray(0, this.publicKeyLength)),
      c2: this.#ring.decode(field, bytes.subarray(this.publicKeyLength), MESSAGE_BITS),
    };
  }

  #readRows(field: string, body: Uint8Array): Row[] {
    const length = this.publicKeyLength;
    const element = (index: number) =>
      this.#ring.decode(field, body.subarray(SEED_LENGTH + index * length, SEED_LENGTH + (index + 1) * length));
    return Array.from({ length: 1 + this.#scheme.rowCount }, (_, row) => ({
      x: element(2 * row),
      y: element(2 * row + 1),
    }));
  }
}

function wipeRows(rows: readonly Row[]): void {
  wipe(...rows.flatMap(({ x, y }) => [...x, ...y]));
}

/** The ring-LWE engine of LWE_1024 or LWE_2048, by default the light one. Throws E_BAD_PARAMETERS at any other profile. */
export function lwe(profile: LweProfile = LWE_1024): LatticeEngine {
  return latticeEngine(new EncodedLwe(requireKnownSet(profile, LWE_PROFILES)));
}
