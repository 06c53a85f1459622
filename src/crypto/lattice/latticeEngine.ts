/** The flow that the lattice engines have in common. */
import { concat, equalBytes } from "../../bytes";
import { defaultBackend } from "../backends";
import { decodePoint, decodeScalar, requireCommitment, requireLength, splitFields } from "../encoding";
import type {
  AnswerContext,
  Encapsulation,
  EngineProperties,
  Fraction,
  FractionKeys,
  KeyPair,
  LatticeEngine,
  RandomSource,
  RekeyRequest,
  ShareCommitment,
  VerifiedAnswer,
} from "../engine";
import { badProof, CryptoError, keyReuse } from "../errors";
import { draw, unrepeated } from "../random";
import { equalSecrets, wipe } from "../secrets";
import { checkThreshold } from "../umbral/rekey";
import { notEnough, VerifiedAnswers } from "../verifiedAnswers";
import {
  capsuleLengthOf,
  domainOf,
  encodeTurned,
  keyOf,
  makeCapsule,
  readCapsule,
  readTurn,
  type Capsule,
  type LatticeScheme,
} from "./capsule";
import { BINDING_LENGTH, bindingOf, makeFractions, pointOf, requireRoot, withKFrag } from "./fraction";

/** Any 32 bytes are a secret key: a seed from which the scheme's own secrets follow. */
export const SEED_LENGTH = 32;

class SchemeEngine implements LatticeEngine {
  readonly properties: EngineProperties;
  readonly backend = "portable";
  readonly capsuleLength: number;
  readonly #answers = new VerifiedAnswers<Uint8Array>();

  constructor(private readonly scheme: LatticeScheme) {
    this.properties = scheme.properties;
    this.capsuleLength = capsuleLengthOf(scheme);
  }

  failureLog2(hops: number): number {
    return this.scheme.failureLog2(hops);
  }

  keygen(random: RandomSource): KeyPair {
    const secretKey = draw(random, SEED_LENGTH);
    return { secretKey, publicKey: this.scheme.publicKeyOf(secretKey) };
  }

  publicKeyOf(secretKey: Uint8Array): Uint8Array {
    requireLength("secretKey", secretKey, SEED_LENGTH);
    return this.scheme.publicKeyOf(secretKey);
  }

  encapsulate(publicKey: Uint8Array, random: RandomSource): Encapsulation {
    this.#checkKey("publicKey", publicKey);
    const message = this.scheme.drawMessage(random);
    const encapsulation = makeCapsule(this.scheme, publicKey, message);
    wipe(message);
    return encapsulation;
  }

  decapsulate(secretKey: Uint8Array, capsule: Uint8Array): Uint8Array {
    requireLength("capsule", capsule, this.capsuleLength);
    return this.#open(secretKey, this.publicKeyOf(secretKey), this.#read(capsule));
  }

  decapsulateTurned(secretKey: Uint8Array, originPublicKey: Uint8Array, capsule: Uint8Array): Uint8Array {
    requireLength("secretKey", secretKey, SEED_LENGTH);
    this.#checkKey("originPublicKey", originPublicKey);
    return this.#open(secretKey, originPublicKey, this.#read(capsule));
  }

  verifyCapsule(capsule: Uint8Array): void {
    this.#read(capsule);
  }

  /** Nothing is signed: an answer that opens the capsule is right, whoever made the key. The signing key is for capsules, and is only compared. */
  rekey(request: RekeyRequest, random: RandomSource): Fraction[] {
    checkThreshold(request.threshold, request.shares);
    if (request.threshold > 1) throw noThreshold(request.threshold);
    requireLength("ownerSecretKey", request.ownerSecretKey, SEED_LENGTH);
    decodeScalar("signerSecretKey", request.signerSecretKey);
    if (equalSecrets(request.signerSecretKey, request.ownerSecretKey)) throw keyReuse();
    this.#checkKey("recipientPublicKey", request.recipientPublicKey);
    const source = unrepeated(random);
    const body = this.scheme.rekey(request, source);
    try {
      return makeFractions(body, request.shares, source);
    } finally {
      wipe(body);
    }
  }

  /**
   * Checks that the key is the one committed to. Nothing in it shows a node whose it is, so the keys are only read, nor that it turns anything: an
   * owner can commit to a body that opens nothing, and have its node look like a liar.
   */
  verifyFraction(kfrag: Uint8Array, keys: FractionKeys): ShareCommitment {
    this.#checkKey("ownerPublicKey", keys.ownerPublicKey);
    this.#checkKey("recipientPublicKey", keys.recipientPublicKey);
    checkSigner(keys.signerPublicKey);
    return withKFrag(kfrag, this.scheme.bodyLength, (fraction) => {
      requireRoot(fraction);
      this.scheme.checkBody("kfrag", fraction.body);
      return fraction.commitment;
    });
  }

  reencrypt(kfrag: Uint8Array, capsule: Uint8Array): Uint8Array {
    return withKFrag(kfrag, this.scheme.bodyLength, ({ body, commitment }) => {
      const read = this.#read(capsule);
      const turn = this.#turn(body, read);
      return concat(turn, bindingOf(domainOf(this.scheme, "answer"), commitment.digest, read.bytes, turn));
    });
  }

  hop(kfrag: Uint8Array, capsule: Uint8Array): Uint8Array {
    return withKFrag(kfrag, this.scheme.bodyLength, ({ body }) => {
      const read = this.#read(capsule);
      return encodeTurned(this.scheme, read.original, this.#turn(body, read));
    });
  }

  /** Checks the form of an answer and that it is given to this capsule by this share. Only the recipient sees whether it is right. */
  verify(cfrag: Uint8Array, context: AnswerContext): VerifiedAnswer {
    requireCommitment(context);
    this.#checkKey("ownerPublicKey", context.ownerPublicKey);
    this.#checkKey("recipientPublicKey", context.recipientPublicKey);
    if (context.signerPublicKey !== undefined) checkSigner(context.signerPublicKey);
    const capsule = this.#read(context.capsule);
    const turnLength = 1 + this.scheme.ciphertextLength;
    const [turn, binding] = splitFields("cfrag", cfrag, [turnLength, BINDING_LENGTH]) as [Uint8Array, Uint8Array];
    const { hops, ciphertext } = readTurn(this.scheme, "cfrag", turn, this.properties.maxHops);
    if (hops !== capsule.hops + 1) throw badProof("cfrag", "number of hops");
    const { digest, point } = context.commitment;
    const expected = bindingOf(domainOf(this.scheme, "answer"), digest, capsule.bytes, turn);
    if (!equalBytes(binding, expected)) throw badProof("cfrag", "binding to share and capsule");
    if (!equalBytes(point, pointOf(digest))) throw badProof("cfrag", "commitment point");
    return this.#answers.admit(cfrag, ciphertext, context);
  }

  combine(
    recipientSecretKey: Uint8Array,
    ownerPublicKey: Uint8Array,
    capsule: Uint8Array,
    answers: readonly VerifiedAnswer[],
  ): Uint8Array {
    requireLength("recipientSecretKey", recipientSecretKey, SEED_LENGTH);
    this.#checkKey("ownerPublicKey", ownerPublicKey);
    const read = this.#read(capsule);
    const recipientPublicKey = this.scheme.publicKeyOf(recipientSecretKey);
    const entries = this.#answers.take(answers, { capsule: read.bytes, ownerPublicKey, recipientPublicKey });
    if (entries.length === 0) throw notEnough(0, 1);
    for (const { answer } of entries) {
      const key = this.#tryOpen(recipientSecretKey, ownerPublicKey, { ...read, ciphertext: answer });
      if (key) return key;
    }
    throw doesNotOpen("answers");
  }

  #open(secretKey: Uint8Array, publicKey: Uint8Array, capsule: Capsule): Uint8Array {
    const key = this.#tryOpen(secretKey, publicKey, capsule);
    if (!key) throw doesNotOpen("capsule");
    return key;
  }

  #tryOpen(secretKey: Uint8Array, publicKey: Uint8Array, { original, ciphertext }: Capsule): Uint8Array | undefined {
    const message = this.scheme.decrypt(secretKey, ciphertext);
    const key = keyOf(this.scheme, publicKey, original, message);
    wipe(message);
    return key;
  }

  #turn(body: Uint8Array, { hops, ciphertext }: Capsule): Uint8Array {
    const { maxHops } = this.properties;
    if (hops < maxHops) return concat(Uint8Array.of(hops + 1), this.scheme.turn(body, ciphertext));
    throw new CryptoError("E_TOO_MANY_HOPS", `The capsule was turned ${hops} times already.`, {
      why: "Every turn adds noise, and after more of them it may not open.",
      fix: "Open it and encapsulate anew.",
      data: { got: hops, expected: maxHops - 1 },
    });
  }

  #checkKey(field: string, bytes: Uint8Array): void {
    requireLength(field, bytes, this.scheme.publicKeyLength);
    this.scheme.checkPublicKey(field, bytes);
  }

  #read(capsule: Uint8Array): Capsule {
    return readCapsule(this.scheme, capsule);
  }
}

function checkSigner(signerPublicKey: Uint8Array): void {
  decodePoint(defaultBackend(), "signerPublicKey", signerPublicKey);
}

function noThreshold(threshold: number): CryptoError {
  return new CryptoError("E_BAD_THRESHOLD", "Every fraction of this scheme opens a capsule alone.", {
    fix: "Rekey with threshold 1, or use an engine that is m of n.",
    data: { threshold, expected: 1 },
  });
}

function doesNotOpen(field: "capsule" | "answers"): CryptoError {
  return new CryptoError("E_TAMPERED", `The ${field} and the key do not belong together.`, {
    why: "The capsule made again from what came out is another: key or capsule are wrong, or a turn is.",
    data: { field },
  });
}

/** The engine of a lattice scheme. */
export function latticeEngine(scheme: LatticeScheme): LatticeEngine {
  return new SchemeEngine(scheme);
}
