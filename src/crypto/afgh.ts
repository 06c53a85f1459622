/**
 * The non-interactive engine (Ateniese, Fu, Green and Hohenberger 2006; paper II.B, III.B) on BLS12-381, m of m and m of n, in the
 * form that anyone can verify, contracts included.
 *
 * Collusion of the recipient with m nodes gives 1/a*g2, which opens every second-level capsule of that key, but never a itself. First-level
 * capsules stay closed to it. Keys are derived per path all the same.
 */
import { equalBytes } from "../bytes";
import { joinAnswers, makeAnswer, readCFrag, verifyAnswer, type CFrag } from "./afgh/answer";
import { CAPSULE_LENGTH, encapsulate, encapsulateFirst, openCapsule, openFirst, readCapsule } from "./afgh/capsule";
import type { Capsule } from "./afgh/capsule";
import {
  deal,
  dealingCommitment,
  readDealing,
  requireShare,
  requireSigned,
  withKFrag,
  type Dealing,
} from "./afgh/dealing";
import { deriveKey } from "./afgh/encoding";
import { makePublicKey, readPublicKey, type PublicKey } from "./afgh/keys";
import { remembering, type Reader } from "./afgh/remember";
import { decodeGroupScalar, encodeScalar, invertGroupSecret, randomGroupScalar } from "./afgh/scalar";
import { decodeScalar, requireCommitment } from "./encoding";
import type {
  AnswerContext,
  EngineProperties,
  Fraction,
  FractionKeys,
  LevelledEngine,
  RandomSource,
  RekeyRequest,
  ShareCommitment,
  VerifiedAnswer,
} from "./engine";
import { CryptoError, keyReuse } from "./errors";
import type { PairingBackend } from "./pairing";
import { noblePairing } from "./pairingNoble";
import { osRandom, unrepeated } from "./random";
import { equalSecrets } from "./secrets";
import { checkThreshold } from "./umbral/rekey";
import { VerifiedAnswers } from "./verifiedAnswers";

const PROPERTIES: EngineProperties = {
  name: "afgh",
  interactive: false,
  unidirectional: true,
  maxHops: 1,
  collusionResistant: true,
  keyPrivate: false,
  threshold: true,
  verifiable: "by anyone",
  onChainVerifiable: true,
  failureLog2: -Infinity,
  maxAnswers: Infinity,
};

class AfghEngine implements LevelledEngine {
  readonly properties = PROPERTIES;
  readonly backend: string;
  readonly capsuleLength = CAPSULE_LENGTH;
  readonly #groups: PairingBackend;
  readonly #readKey: Reader<PublicKey>;
  readonly #readShare: Reader<Dealing>;
  /** Parsed answers hold points of this back-end, so they are this instance's. */
  readonly #answers = new VerifiedAnswers<CFrag>();
  #lastCapsule?: Capsule;

  constructor(groups: PairingBackend) {
    this.#groups = groups;
    this.#readKey = remembering((field, bytes) => readPublicKey(groups, field, bytes));
    this.#readShare = remembering((field, bytes) => readDealing(groups, field, bytes));
    this.backend = groups.name;
  }

  keygen(random: RandomSource) {
    const secretKey = randomGroupScalar(random);
    return { secretKey: encodeScalar(secretKey), publicKey: makePublicKey(this.#groups, secretKey) };
  }

  publicKeyOf(secretKey: Uint8Array): Uint8Array {
    return makePublicKey(this.#groups, decodeGroupScalar("secretKey", secretKey));
  }

  encapsulate(publicKey: Uint8Array, random: RandomSource) {
    return encapsulate(this.#groups, this.#readKey("publicKey", publicKey).x, random);
  }

  decapsulate(secretKey: Uint8Array, capsule: Uint8Array): Uint8Array {
    const secret = decodeGroupScalar("secretKey", secretKey);
    const read = this.#readCapsule(capsule);
    requireOwner(read, this.#groups.encodeG1(this.#groups.multiplyG1(this.#groups.g1, secret)));
    return openCapsule(this.#groups, secret, read, randomGroupScalar(osRandom));
  }

  encapsulateFirstLevel(publicKey: Uint8Array, random: RandomSource) {
    return encapsulateFirst(this.#groups, this.#readKey("publicKey", publicKey).y, random);
  }

  decapsulateFirstLevel(secretKey: Uint8Array, capsule: Uint8Array): Uint8Array {
    const secret = decodeGroupScalar("secretKey", secretKey);
    return openFirst(this.#groups, secret, capsule, randomGroupScalar(osRandom));
  }

  verifyCapsule(capsule: Uint8Array): void {
    this.#readCapsule(capsule);
  }

  rekey(request: RekeyRequest, random: RandomSource): Fraction[] {
    checkThreshold(request.threshold, request.shares);
    const secret = decodeGroupScalar("ownerSecretKey", request.ownerSecretKey);
    if (equalSecrets(request.ownerSecretKey, decodeScalar("signerSecretKey", request.signerSecretKey)))
      throw keyReuse();
    const recipient = this.#readKey("recipientPublicKey", request.recipientPublicKey);
    const source = unrepeated(random);
    const inverse = invertGroupSecret(secret, randomGroupScalar(source));
    const owner = this.#groups.encodeG1(this.#groups.multiplyG1(this.#groups.g1, secret));
    return deal(this.#groups, inverse, owner, recipient, request, source);
  }

  verifyFraction(kfrag: Uint8Array, keys: FractionKeys): ShareCommitment {
    return withKFrag(this.#groups, kfrag, this.#readShare, (fraction) => {
      this.#requireKeys("kfrag", fraction.dealing, keys);
      requireSigned(fraction.dealing, keys.signerPublicKey);
      requireShare(this.#groups, fraction);
      return dealingCommitment(this.#groups, fraction.dealing);
    });
  }

  reencrypt(kfrag: Uint8Array, capsule: Uint8Array): Uint8Array {
    return withKFrag(this.#groups, kfrag, this.#readShare, (fraction) => {
      const read = this.#readCapsule(capsule);
      requireOwner(read, fraction.dealing.owner);
      return makeAnswer(this.#groups, fraction, read);
    });
  }

  verify(cfrag: Uint8Array, context: AnswerContext): VerifiedAnswer {
    requireCommitment(context);
    const capsule = this.#readCapsule(context.capsule);
    const answer = readCFrag(this.#groups, cfrag, this.#readShare);
    this.#requireKeys("cfrag", answer.dealing, context);
    requireOwner(capsule, answer.dealing.owner);
    if (context.signerPublicKey !== undefined) requireSigned(answer.dealing, context.signerPublicKey);
    verifyAnswer(this.#groups, capsule, answer, context.commitment);
    return this.#answers.admit(cfrag, answer, context);
  }

  combine(
    recipientSecretKey: Uint8Array,
    ownerPublicKey: Uint8Array,
    capsule: Uint8Array,
    answers: readonly VerifiedAnswer[],
  ): Uint8Array {
    const secret = decodeGroupScalar("recipientSecretKey", recipientSecretKey);
    const recipientPublicKey = makePublicKey(this.#groups, secret);
    this.#readKey("ownerPublicKey", ownerPublicKey);
    const { bytes } = this.#readCapsule(capsule);
    const entries = this.#answers.take(answers, { capsule, ownerPublicKey, recipientPublicKey });
    const inverse = invertGroupSecret(secret, randomGroupScalar(osRandom));
    const cfrags = entries.map(({ answer }) => answer);
    return deriveKey("second", joinAnswers(this.#groups, cfrags, inverse), bytes);
  }

  #requireKeys(
    field: string,
    dealing: Dealing,
    keys: Pick<FractionKeys, "ownerPublicKey" | "recipientPublicKey">,
  ): void {
    const owner = this.#readKey("ownerPublicKey", keys.ownerPublicKey);
    const recipient = this.#readKey("recipientPublicKey", keys.recipientPublicKey);
    const wrong = !equalBytes(owner.encodedX, dealing.owner)
      ? "ownerPublicKey"
      : !equalBytes(recipient.encodedY, dealing.recipient) && "recipientPublicKey";
    if (!wrong) return;
    throw new CryptoError("E_WRONG_KEY", `The ${field} was made for another key.`, { data: { field: wrong } });
  }

  /** Remembers the last capsule: all answers of a read are checked against the same one. */
  #readCapsule(bytes: Uint8Array): Capsule {
    if (!(bytes instanceof Uint8Array && this.#lastCapsule && equalBytes(this.#lastCapsule.bytes, bytes))) {
      this.#lastCapsule = readCapsule(this.#groups, bytes);
    }
    return this.#lastCapsule;
  }
}

/** A capsule's proof is to the base X in it, so it says something only about X's owner. */
function requireOwner(capsule: Capsule, owner: Uint8Array): void {
  if (equalBytes(capsule.owner, owner)) return;
  throw new CryptoError("E_WRONG_KEY", "The capsule was made for another owner's key.", { data: { field: "capsule" } });
}

/** The pairing engine on a back-end; `loadMclPairing` gives a faster one. */
export function afgh(groups: PairingBackend = noblePairing): LevelledEngine {
  return new AfghEngine(groups);
}
