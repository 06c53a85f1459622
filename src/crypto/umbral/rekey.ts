/**
 * Splits the right to read into fractions (paper eq 8, 20, 21 and III.B; Umbral's ReKeyGen).
 *
 *   x random, X_A = x*G, DH = x*pk_B, d = H(X_A, pk_B, DH)
 *   f of degree m-1 with f(0) = sk_A / d and random coefficients
 *   fraction i: id random, rk = f(H(X_A, pk_B, DH, id)), U1 = rk*U
 */
import type { CurveBackend, Point, Scalar } from "../backend";
import { encodePoint } from "../encoding";
import type { RandomSource } from "../engine";
import { CryptoError } from "../errors";
import { draw } from "../random";
import { invertSecret, randomScalar } from "../scalar";
import { wipe } from "../secrets";
import { fractionDigest, type KFrag } from "./kfrag";
import { hashShareIndex, hashSharedSecret, MAX_SHARES } from "./params";

/** What `splitKey` needs, read and checked. */
export interface RekeyInputs {
  readonly ownerSecretKey: Scalar;
  /** 33 bytes. */
  readonly ownerPublicKey: Uint8Array;
  readonly recipientPublicKey: Point;
  readonly signerSecretKey: Scalar;
  /** Which keys the signature for the node names. */
  readonly signsOwnerKey: boolean;
  readonly signsRecipientKey: boolean;
  readonly threshold: number;
  readonly shares: number;
}

/** Refuses all but 1 <= threshold <= shares <= 32 with E_BAD_THRESHOLD. */
export function checkThreshold(threshold: number, shares: number): void {
  const inRange = Number.isInteger(threshold) && Number.isInteger(shares) && threshold >= 1 && shares <= MAX_SHARES;
  if (inRange && threshold <= shares) return;
  throw new CryptoError("E_BAD_THRESHOLD", `${threshold} of ${shares} is not a possible split.`, {
    fix: `Choose 1 <= threshold <= shares <= ${MAX_SHARES}.`,
    data: { threshold, shares, maxShares: MAX_SHARES },
  });
}

/** Horner's rule on secret coefficients, constant term first. The result is always a fresh array. */
export function evaluate(backend: CurveBackend, coefficients: readonly Scalar[], x: Scalar): Scalar {
  const highest = Uint8Array.from(coefficients.at(-1)!);
  return coefficients
    .slice(0, -1)
    .reduceRight((sum, coefficient) => backend.addScalars(backend.multiplyScalars(sum, x), coefficient), highest);
}

/** f, constant term sk_A / d first. Draws the blinding of the inversion, then the other coefficients. */
function polynomial(backend: CurveBackend, inputs: RekeyInputs, secret: Scalar, random: RandomSource): Scalar[] {
  const inverse = invertSecret(backend, secret, random);
  const constant = backend.multiplyScalars(inputs.ownerSecretKey, inverse);
  wipe(inverse);
  return [constant, ...Array.from({ length: inputs.threshold - 1 }, () => randomScalar(random))];
}

const DRAWN_LENGTH = 32;

/** How many different messages a fraction's two signatures cover. */
function messageCount({ signsOwnerKey, signsRecipientKey }: RekeyInputs): number {
  return signsOwnerKey && signsRecipientKey ? 1 : 2;
}

/**
 * The owner's signatures of a fraction, for the recipient and for the node: the same one where both cover the same message. `entropy` has 32
 * bytes for each message.
 */
function signShare(
  backend: CurveBackend,
  share: Parameters<typeof fractionDigest>[0],
  recipient: Uint8Array,
  inputs: RekeyInputs,
  entropy: Uint8Array,
): Pick<KFrag, "proxySignature" | "recipientSignature"> {
  const { ownerPublicKey, signerSecretKey, signsOwnerKey, signsRecipientKey } = inputs;
  const signFor = (message: number, owner?: Uint8Array, reader?: Uint8Array) => {
    const own = entropy.subarray(message * DRAWN_LENGTH, (message + 1) * DRAWN_LENGTH);
    return backend.sign(fractionDigest(share, owner, reader), signerSecretKey, own);
  };
  const recipientSignature = signFor(0, ownerPublicKey, recipient);
  if (messageCount(inputs) === 1) return { recipientSignature, proxySignature: recipientSignature };
  const named = [signsOwnerKey ? ownerPublicKey : undefined, signsRecipientKey ? recipient : undefined];
  return { recipientSignature, proxySignature: signFor(1, ...named) };
}

/** Makes the fractions. Draws x, the polynomial, then for each fraction at once its id and the entropy of its signatures. */
export function splitKey(
  backend: CurveBackend,
  multiplyU: (scalar: Scalar) => Point,
  inputs: RekeyInputs,
  random: RandomSource,
): KFrag[] {
  checkThreshold(inputs.threshold, inputs.shares);
  const ephemeral = randomScalar(random);
  const precursor = encodePoint(backend.multiplyBase(ephemeral));
  const recipient = encodePoint(inputs.recipientPublicKey);
  const shared = encodePoint(backend.multiply(inputs.recipientPublicKey, ephemeral));
  const secret = hashSharedSecret(precursor, recipient, shared);
  const coefficients = polynomial(backend, inputs, secret, random);

  const makeShare = (): KFrag => {
    const drawn = draw(random, DRAWN_LENGTH * (1 + messageCount(inputs)));
    const id = drawn.slice(0, DRAWN_LENGTH);
    const key = evaluate(backend, coefficients, hashShareIndex(precursor, recipient, shared, id));
    const u1 = multiplyU(key);
    const commitment = encodePoint(u1);
    const share = { id, precursor, commitment };
    const signatures = signShare(backend, share, recipient, inputs, drawn.subarray(DRAWN_LENGTH));
    wipe(drawn);
    const { signsOwnerKey, signsRecipientKey } = inputs;
    return { ...share, ...signatures, key, u1, signsOwnerKey, signsRecipientKey };
  };
  const fractions = Array.from({ length: inputs.shares }, makeShare);
  wipe(ephemeral, shared, secret, ...coefficients);
  return fractions;
}
