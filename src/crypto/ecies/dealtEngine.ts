/**
 * What `ecies` and `bbs98` share: capsules E = r*G, a re-encryption key rk = a/x dealt by Feldman's scheme, answers E' = rk_i*E with a
 * proof. They differ in x and in how the recipient comes by it.
 *
 * Limit by design: x and `threshold` fractions give the owner's key of that scope, a = rk*x. Keys are therefore derived per path.
 */
import { equalBytes } from "../../bytes";
import type { CurveBackend, Point, Scalar } from "../backend";
import { decodePoint, decodeScalar, encodePoint, requireCommitment } from "../encoding";
import type {
  AnswerContext,
  Engine,
  EngineProperties,
  Fraction,
  FractionKeys,
  RandomSource,
  RekeyRequest,
  ShareCommitment,
  VerifiedAnswer,
} from "../engine";
import { CryptoError, keyReuse } from "../errors";
import { unrepeated } from "../random";
import { invertSecret, randomScalar } from "../scalar";
import { equalSecrets, wipe } from "../secrets";
import { checkThreshold } from "../umbral/rekey";
import { VerifiedAnswers } from "../verifiedAnswers";
import { decodeCFrag, joinAnswers, makeAnswer, verifyAnswer, type CFrag } from "./answer";
import { CAPSULE_LENGTH, encapsulate, readCapsule, type Capsule } from "./capsule";
import { dealingCommitment, type Dealing } from "./dealing";
import { deal, decodeKFrag, drawPolynomial, requireCommitted, type KFrag } from "./fraction";
import { schemeNamed, type Scheme } from "./scheme";

/** Whom a dealing is between, as the recipient sees it. */
export interface Parties {
  readonly ownerPublicKey: Uint8Array;
  readonly recipientPublicKey: Uint8Array;
  readonly recipientSecretKey: Scalar;
  /** The owner's verifying key, as often as the answers were verified with another one. */
  readonly signerPublicKeys: readonly Uint8Array[];
}

/** Remembers across instances: the schemes' domains keep their answers apart. */
const answers = new VerifiedAnswers<CFrag>();

export abstract class DealtEngine implements Engine {
  readonly backend: string;
  readonly capsuleLength = CAPSULE_LENGTH;
  protected readonly scheme: Scheme;
  #lastCapsule?: Capsule;

  constructor(
    readonly properties: EngineProperties,
    protected readonly curve: CurveBackend,
    private readonly sealedLength: number,
    private readonly maxTurns: number,
  ) {
    this.backend = curve.name;
    this.scheme = schemeNamed(properties.name);
  }

  /** x of a new dealing. */
  protected abstract drawDivisor(request: RekeyRequest, random: RandomSource): Scalar;
  /** What the recipient will need to have x, for the dealing with these F_j; `sealedLength` bytes. */
  protected abstract seal(
    divisor: Scalar,
    request: RekeyRequest,
    commitments: readonly Point[],
    random: RandomSource,
  ): Uint8Array;
  /** x of a dealing, by its recipient. */
  protected abstract open(dealing: Dealing, parties: Parties): Scalar;

  keygen(random: RandomSource) {
    const secretKey = randomScalar(random);
    return { secretKey, publicKey: this.publicKey(secretKey) };
  }

  publicKeyOf(secretKey: Uint8Array): Uint8Array {
    return this.publicKey(decodeScalar("secretKey", secretKey));
  }

  encapsulate(publicKey: Uint8Array, random: RandomSource) {
    return encapsulate(this.curve, this.scheme, decodePoint(this.curve, "publicKey", publicKey), random);
  }

  decapsulate(secretKey: Uint8Array, capsule: Uint8Array): Uint8Array {
    const scalar = decodeScalar("secretKey", secretKey);
    const { point, original } = this.readCapsule(capsule);
    return this.scheme.deriveKey(this.curve.multiply(point, scalar), original);
  }

  verifyCapsule(capsule: Uint8Array): void {
    this.readCapsule(capsule);
  }

  rekey(request: RekeyRequest, random: RandomSource): Fraction[] {
    checkThreshold(request.threshold, request.shares);
    decodePoint(this.curve, "recipientPublicKey", request.recipientPublicKey);
    const ownerSecretKey = decodeScalar("ownerSecretKey", request.ownerSecretKey);
    if (equalSecrets(ownerSecretKey, decodeScalar("signerSecretKey", request.signerSecretKey))) throw keyReuse();
    const source = unrepeated(random);
    const divisor = this.drawDivisor(request, source);
    const key = this.quotient(ownerSecretKey, divisor, source);
    const polynomial = drawPolynomial(this.curve, key, request.threshold, source);
    const sealed = this.seal(divisor, request, polynomial.commitments, source);
    wipe(divisor);
    return deal(this.curve, polynomial, request.shares, sealed);
  }

  /**
   * Checks that the key belongs to its dealing. The keys are read, but nothing in a fraction shows them to a node: that an owner
   * stands behind it is what the policy on chain says.
   */
  verifyFraction(kfrag: Uint8Array, keys: FractionKeys): ShareCommitment {
    decodePoint(this.curve, "signerPublicKey", keys.signerPublicKey);
    this.#requireKeys(keys);
    return this.#withFraction(kfrag, (fraction) =>
      dealingCommitment(requireCommitted(this.curve, fraction), fraction.dealing.wrapped),
    );
  }

  reencrypt(kfrag: Uint8Array, capsule: Uint8Array): Uint8Array {
    const read = this.readTurnable(capsule);
    return this.#withFraction(kfrag, (fraction) => makeAnswer(this.curve, this.scheme, fraction, read));
  }

  verify(cfrag: Uint8Array, context: AnswerContext): VerifiedAnswer {
    requireCommitment(context);
    if (context.signerPublicKey !== undefined) decodePoint(this.curve, "signerPublicKey", context.signerPublicKey);
    this.#requireKeys(context);
    const capsule = this.readCapsule(context.capsule);
    const answer = decodeCFrag(this.curve, cfrag, this.sealedLength);
    verifyAnswer(this.curve, this.scheme, capsule, answer, context.commitment);
    return answers.admit(cfrag, answer, context);
  }

  combine(
    recipientSecretKey: Uint8Array,
    ownerPublicKey: Uint8Array,
    capsule: Uint8Array,
    verified: readonly VerifiedAnswer[],
  ): Uint8Array {
    const secretKey = decodeScalar("recipientSecretKey", recipientSecretKey);
    const recipientPublicKey = this.publicKey(secretKey);
    const ownerKey = decodePoint(this.curve, "ownerPublicKey", ownerPublicKey);
    const { original } = this.readCapsule(capsule);
    const entries = answers.take(verified, { capsule, ownerPublicKey, recipientPublicKey });
    const { point, dealing } = joinAnswers(
      this.curve,
      entries.map(({ answer }) => answer),
    );
    const signers = entries.flatMap(({ context }) => context.signerPublicKey ?? []);
    const signerPublicKeys = signers.filter((signer, index) => index === 0 || !equalBytes(signer, signers[0]));
    const parties = { ownerPublicKey, recipientPublicKey, recipientSecretKey: secretKey, signerPublicKeys };
    const divisor = this.open(dealing, parties);
    const ownedBy = this.curve.multiply(dealing.coefficients[0], divisor);
    const key = this.scheme.deriveKey(this.curve.multiply(point, divisor), original);
    wipe(divisor);
    if (equalBytes(ownedBy, ownerKey)) return key;
    throw new CryptoError("E_WRONG_KEY", "The dealing is not of this owner's key.", {
      why: "x*R = pk_A does not hold: the owner dealt wrongly, or the answers belong to another key.",
      data: { field: "ownerPublicKey" },
    });
  }

  protected publicKey(secretKey: Scalar): Uint8Array {
    return encodePoint(this.curve.multiplyBase(secretKey));
  }

  /** rk = a/x. */
  protected quotient(dividend: Scalar, divisor: Scalar, random: RandomSource): Scalar {
    const inverse = invertSecret(this.curve, divisor, random);
    const key = this.curve.multiplyScalars(dividend, inverse);
    wipe(inverse);
    return key;
  }

  /** Remembers the last capsule: all answers of a read are checked against the same one. */
  protected readCapsule(bytes: Uint8Array): Capsule {
    if (!(bytes instanceof Uint8Array && this.#lastCapsule && equalBytes(this.#lastCapsule.bytes, bytes))) {
      this.#lastCapsule = readCapsule(this.curve, this.scheme, bytes, this.maxTurns);
    }
    return this.#lastCapsule;
  }

  /** A capsule that may be turned once more. Throws E_TOO_MANY_HOPS. */
  protected readTurnable(bytes: Uint8Array): Capsule {
    const capsule = this.readCapsule(bytes);
    const { maxHops } = this.properties;
    if (capsule.turns.length < maxHops) return capsule;
    throw new CryptoError("E_TOO_MANY_HOPS", `The capsule was turned ${maxHops} times already.`, {
      fix: "Collapse it first, with the product of its keys.",
      data: { got: capsule.turns.length, expected: maxHops - 1 },
    });
  }

  /** Lends a fraction read from its encoding and wipes our copy of its secret afterwards. */
  #withFraction<T>(kfrag: Uint8Array, use: (fraction: KFrag) => T): T {
    const fraction = decodeKFrag(this.curve, kfrag, this.sealedLength);
    try {
      return use(fraction);
    } finally {
      wipe(fraction.key);
    }
  }

  #requireKeys(keys: Pick<FractionKeys, "ownerPublicKey" | "recipientPublicKey">): void {
    decodePoint(this.curve, "ownerPublicKey", keys.ownerPublicKey);
    decodePoint(this.curve, "recipientPublicKey", keys.recipientPublicKey);
  }
}
