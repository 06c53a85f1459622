/**
 * The default engine: Umbral threshold proxy re-encryption on secp256k1 (Nuñez 2018), wire dialect "v8": it understands and is
 * understood by umbral-pre 0.8 and later. m of n, single hop, every answer carries a proof that a contract can check.
 *
 * Limit by design: the recipient together with `threshold` nodes learns the owner's secret key of that scope. Keys are therefore
 * derived per path (`derive.ts`) and never used for anything else.
 */
import { equalBytes } from "../bytes";
import type { CurveBackend, Point, Scalar } from "./backend";
import { defaultBackend } from "./backends";
import { decodePoint, decodeScalar, encodePoint, requireCommitment, requireLength } from "./encoding";
import type {
  AnswerContext,
  Checkable,
  EngineProperties,
  Evidence,
  Fraction,
  FractionKeys,
  ProxyKeys,
  RandomSource,
  ShareCommitment,
  UmbralEngine,
  UmbralRekeyRequest,
  VerifiedAnswer,
} from "./engine";
import { atIndex, keyReuse } from "./errors";
import { unrepeated } from "./random";
import { randomScalar } from "./scalar";
import { equalSecrets, wipe } from "./secrets";
import { proofsHold, type ReadAnswer } from "./umbral/batch";
import { CAPSULE_LENGTH, encapsulate, openCapsule, readCapsule, type Capsule } from "./umbral/capsule";
import { decodeCFrag, encodeCFrag, type CFrag } from "./umbral/cfrag";
import { openReencrypted } from "./umbral/combine";
import { makeEvidence } from "./umbral/evidence";
import {
  decodeKFrag,
  encodeKFrag,
  verifyKFrag,
  verifyKFragCommitment,
  verifyProxySignature,
  type KFrag,
  type RekeyKeys,
} from "./umbral/kfrag";
import { U } from "./umbral/params";
import { reencryptCapsule } from "./umbral/reencrypt";
import { splitKey } from "./umbral/rekey";
import { shareCommitment } from "./umbral/shareCommitment";
import { verifyCommitment, verifyProof, verifyRecipientSignature } from "./umbral/verify";
import { VerifiedAnswers } from "./verifiedAnswers";

const PROPERTIES: EngineProperties = {
  name: "umbral",
  interactive: false,
  unidirectional: true,
  maxHops: 1,
  collusionResistant: false,
  keyPrivate: false,
  threshold: true,
  verifiable: "by anyone",
  onChainVerifiable: true,
  failureLog2: -Infinity,
  maxAnswers: Infinity,
};

/** Remembers across instances: an answer may be combined by another engine on another back-end. */
const verifiedAnswers = new VerifiedAnswers<CFrag>();

class SecpUmbral implements UmbralEngine {
  readonly properties = PROPERTIES;
  readonly backend: string;
  readonly capsuleLength = CAPSULE_LENGTH;
  readonly #curve: CurveBackend;
  readonly #multiplyU: (scalar: Scalar) => Point;
  #lastCapsule?: Capsule;

  constructor(curve: CurveBackend) {
    this.#curve = curve;
    this.#multiplyU = curve.fixedBase(U);
    this.backend = curve.name;
  }

  keygen(random: RandomSource) {
    const secretKey = randomScalar(random);
    return { secretKey, publicKey: this.#publicKey(secretKey) };
  }

  publicKeyOf(secretKey: Uint8Array): Uint8Array {
    return this.#publicKey(decodeScalar("secretKey", secretKey));
  }

  encapsulate(publicKey: Uint8Array, random: RandomSource) {
    return encapsulate(this.#curve, decodePoint(this.#curve, "publicKey", publicKey), random);
  }

  decapsulate(secretKey: Uint8Array, capsule: Uint8Array): Uint8Array {
    const scalar = decodeScalar("secretKey", secretKey);
    return openCapsule(this.#curve, scalar, this.#readCapsule(capsule));
  }

  verifyCapsule(capsule: Uint8Array): void {
    this.#readCapsule(capsule);
  }

  rekey(request: UmbralRekeyRequest, random: RandomSource): Fraction[] {
    const ownerSecretKey = decodeScalar("ownerSecretKey", request.ownerSecretKey);
    const signerSecretKey = decodeScalar("signerSecretKey", request.signerSecretKey);
    if (equalSecrets(ownerSecretKey, signerSecretKey)) throw keyReuse();
    const inputs = {
      ownerSecretKey,
      ownerPublicKey: this.#publicKey(ownerSecretKey),
      recipientPublicKey: decodePoint(this.#curve, "recipientPublicKey", request.recipientPublicKey),
      signerSecretKey,
      signsOwnerKey: request.proxySignature?.ownerKey ?? true,
      signsRecipientKey: request.proxySignature?.recipientKey ?? true,
      threshold: request.threshold,
      shares: request.shares,
    };
    const kfrags = splitKey(this.#curve, this.#multiplyU, inputs, unrepeated(random));
    return kfrags.map((kfrag) => {
      const fraction = { kfrag: encodeKFrag(kfrag), commitment: shareCommitment(kfrag, kfrag.u1) };
      wipe(kfrag.key);
      return fraction;
    });
  }

  verifyFraction(kfrag: Uint8Array, keys: FractionKeys): ShareCommitment {
    const rekeyKeys = this.#readKeys(keys);
    return this.#withFraction(kfrag, (fraction) => {
      verifyKFrag(this.#curve, this.#multiplyU, fraction, rekeyKeys);
      return shareCommitment(fraction, fraction.u1);
    });
  }

  verifyProxySignature(kfrag: Uint8Array, keys: ProxyKeys): ShareCommitment {
    const signer = decodePoint(this.#curve, "signerPublicKey", keys.signerPublicKey);
    const { ownerPublicKey: owner, recipientPublicKey: recipient } = keys;
    if (owner !== undefined) decodePoint(this.#curve, "ownerPublicKey", owner);
    if (recipient !== undefined) decodePoint(this.#curve, "recipientPublicKey", recipient);
    return this.#withFraction(kfrag, (fraction) => {
      verifyKFragCommitment(this.#multiplyU, fraction);
      verifyProxySignature(this.#curve, fraction, { owner, recipient, signer });
      return shareCommitment(fraction, fraction.u1);
    });
  }

  reencrypt(kfrag: Uint8Array, capsule: Uint8Array, random: RandomSource): Uint8Array {
    const read = this.#readCapsule(capsule);
    return this.#withFraction(kfrag, (fraction) =>
      encodeCFrag(reencryptCapsule(this.#curve, this.#multiplyU, fraction, read, random)),
    );
  }

  verify(cfrag: Uint8Array, context: AnswerContext): VerifiedAnswer {
    const answer = this.#readAnswer(cfrag, context);
    verifyProof(this.#curve, answer.capsule, answer.cfrag);
    return admit(answer, context);
  }

  verifyMany(answers: readonly Checkable[], random: RandomSource): VerifiedAnswer[] {
    const read = answers.map(({ cfrag, context }, index) => atIndex(index, () => this.#readAnswer(cfrag, context)));
    if (read.length > 0 && !proofsHold(this.#curve, read, random)) {
      read.forEach(({ capsule, cfrag }, index) => atIndex(index, () => verifyProof(this.#curve, capsule, cfrag)));
    }
    return read.map((answer, index) => admit(answer, answers[index].context));
  }

  evidence(cfrag: Uint8Array, capsule: Uint8Array, keys: FractionKeys): Evidence {
    const rekeyKeys = this.#readKeys(keys);
    return makeEvidence(this.#curve, this.#readCapsule(capsule), decodeCFrag(this.#curve, cfrag), rekeyKeys);
  }

  combine(
    recipientSecretKey: Uint8Array,
    ownerPublicKey: Uint8Array,
    capsule: Uint8Array,
    answers: readonly VerifiedAnswer[],
  ): Uint8Array {
    const secretKey = decodeScalar("recipientSecretKey", recipientSecretKey);
    const recipient = { secretKey, publicKey: this.#publicKey(secretKey) };
    const ownerKey = decodePoint(this.#curve, "ownerPublicKey", ownerPublicKey);
    const opened = this.#readCapsule(capsule);
    const use = { capsule: opened.bytes, ownerPublicKey, recipientPublicKey: recipient.publicKey };
    const cfrags = verifiedAnswers.take(answers, use).map(({ answer }) => answer);
    return openReencrypted(this.#curve, recipient, ownerKey, opened, cfrags);
  }

  #publicKey(secretKey: Scalar): Uint8Array {
    return encodePoint(this.#curve.multiplyBase(secretKey));
  }

  /** Reads an answer and checks all but its proof. */
  #readAnswer(cfrag: Uint8Array, context: AnswerContext): ReadAnswer {
    requireCommitment(context);
    decodePoint(this.#curve, "ownerPublicKey", context.ownerPublicKey);
    decodePoint(this.#curve, "recipientPublicKey", context.recipientPublicKey);
    const answer = { capsule: this.#readCapsule(context.capsule), cfrag: decodeCFrag(this.#curve, cfrag) };
    const { signerPublicKey } = context;
    const signer =
      signerPublicKey === undefined ? undefined : decodePoint(this.#curve, "signerPublicKey", signerPublicKey);
    verifyCommitment(answer.cfrag, context.commitment);
    const { ownerPublicKey: owner, recipientPublicKey: recipient } = context;
    if (signer) verifyRecipientSignature(this.#curve, answer.cfrag, { owner, recipient, signer });
    return answer;
  }

  #readKeys(keys: FractionKeys): RekeyKeys {
    const signer = decodePoint(this.#curve, "signerPublicKey", keys.signerPublicKey);
    decodePoint(this.#curve, "ownerPublicKey", keys.ownerPublicKey);
    decodePoint(this.#curve, "recipientPublicKey", keys.recipientPublicKey);
    return { owner: keys.ownerPublicKey, recipient: keys.recipientPublicKey, signer };
  }

  /** Lends a fraction read from its encoding and wipes our copy of its secret afterwards. */
  #withFraction<T>(kfrag: Uint8Array, use: (fraction: KFrag) => T): T {
    const fraction = decodeKFrag(this.#curve, kfrag);
    try {
      return use(fraction);
    } finally {
      wipe(fraction.key);
    }
  }

  /** Remembers the last capsule: all answers of a read are checked against the same one. */
  #readCapsule(bytes: Uint8Array): Capsule {
    requireLength("capsule", bytes, CAPSULE_LENGTH);
    if (!this.#lastCapsule || !equalBytes(this.#lastCapsule.bytes, bytes)) {
      this.#lastCapsule = readCapsule(this.#curve, bytes);
    }
    return this.#lastCapsule;
  }
}

function admit({ cfrag }: ReadAnswer, context: AnswerContext): VerifiedAnswer {
  return verifiedAnswers.admit(encodeCFrag(cfrag.fields), cfrag, context);
}

/** The Umbral engine on a curve back-end, by default the fastest that loads. */
export function umbral(backend: CurveBackend = defaultBackend()): UmbralEngine {
  return new SecpUmbral(backend);
}
