/**
 * The multi-hop engine (Blaze, Bleumer and Strauss 1998; paper II.B, eq 20, 22, 23 and V.G) on secp256k1.
 *
 *   rk_ab = a/b, E' = rk_ab*E, b*E' = a*E        rk_ac = rk_ab*rk_bc, rk_ba = 1/rk_ab
 *
 * BBS98 publishes r*pk and hides r*G; we publish E = r*G and hide r*pk, as `ecies` does, which is the same scheme with inverse secret keys.
 * It keeps the capsule's proof and every answer's proof free of anybody's public key.
 *
 * It is interactive and bi-directional, and b with the key gives a = rk*b. It is for one owner's versions of a key (V.G) and for
 * holders who trust each other like that; for anybody else there is `ecies`.
 */
import { concat, equalBytes } from "../bytes";
import type { CurveBackend, Point, Scalar } from "./backend";
import { defaultBackend } from "./backends";
import { DealtEngine, type Parties } from "./ecies/dealtEngine";
import type { Dealing } from "./ecies/dealing";
import { makeTurn } from "./ecies/turn";
import { decodePoint, decodeScalar, encodePoint } from "./encoding";
import type { EngineProperties, HopKey, MultiHopEngine, RandomSource, RekeyRequest } from "./engine";
import { badProof, CryptoError } from "./errors";
import { pairedRecipientSecret } from "./interactive";
import { invertSecret } from "./scalar";
import { equalSecrets } from "./secrets";

/** A bound on the work one capsule can ask for, not on the algebra; `collapse` makes one turn of all. */
const MAX_HOPS = 32;

const PROPERTIES: EngineProperties = {
  name: "bbs98",
  interactive: true,
  unidirectional: false,
  maxHops: MAX_HOPS,
  collusionResistant: false,
  keyPrivate: false,
  threshold: true,
  verifiable: "by anyone",
  onChainVerifiable: true,
  failureLog2: -Infinity,
  maxAnswers: Infinity,
};

class Bbs98Engine extends DealtEngine implements MultiHopEngine {
  constructor(curve: CurveBackend) {
    super(PROPERTIES, curve, 0, MAX_HOPS);
  }

  protected drawDivisor(request: RekeyRequest): Scalar {
    const secretKey = pairedRecipientSecret(request, (field, key) => this.publicKey(decodeScalar(field, key)));
    requireOther("recipientSecretKey", secretKey, request.ownerSecretKey);
    return Uint8Array.from(secretKey);
  }

  /** Both sides know b, so nothing is sealed. */
  protected seal(): Uint8Array {
    return new Uint8Array(0);
  }

  protected open(_dealing: Dealing, parties: Parties): Scalar {
    return Uint8Array.from(parties.recipientSecretKey);
  }

  hopKey(fromSecretKey: Uint8Array, toSecretKey: Uint8Array, random: RandomSource): HopKey {
    const from = decodeScalar("fromSecretKey", fromSecretKey);
    const to = decodeScalar("toSecretKey", toSecretKey);
    requireOther("toSecretKey", to, from);
    return this.#hopKey(this.quotient(from, to, random));
  }

  compose(first: Uint8Array, second: Uint8Array): HopKey {
    return this.#hopKey(this.curve.multiplyScalars(decodeScalar("first", first), decodeScalar("second", second)));
  }

  reverse(key: Uint8Array, random: RandomSource): HopKey {
    return this.#hopKey(invertSecret(this.curve, decodeScalar("key", key), random));
  }

  hop(key: Uint8Array, capsule: Uint8Array): Uint8Array {
    const scalar = decodeScalar("key", key);
    const { bytes, point } = this.readTurnable(capsule);
    return concat(bytes, makeTurn(this.curve, this.scheme, scalar, point));
  }

  verifyHops(capsule: Uint8Array, points: readonly Uint8Array[]): void {
    const { turns } = this.readCapsule(capsule);
    points.forEach((point, index) => decodePoint(this.curve, `points[${index}]`, point));
    if (turns.length !== points.length) throw badProof("capsule", "number of turns");
    turns.forEach((turn, index) => {
      const made = encodePoint(turn.commitment);
      if (!equalBytes(made, points[index])) throw badProof(`capsule.turns[${index}]`, "commitment R");
    });
  }

  collapse(productKey: Uint8Array, capsule: Uint8Array): Uint8Array {
    const scalar = decodeScalar("productKey", productKey);
    const { original, point } = this.readCapsule(capsule);
    const collapsed = this.hop(scalar, original);
    if (equalBytes(this.readCapsule(collapsed).point, point)) return collapsed;
    throw new CryptoError("E_WRONG_KEY", "The key is not the product of the keys that turned this capsule.", {
      data: { field: "productKey" },
    });
  }

  #hopKey(key: Scalar): HopKey {
    const point: Point = this.curve.multiplyBase(key);
    return { key, point: encodePoint(point) };
  }
}

/** Refuses a key from a secret key to itself: it would be one, and turn nothing. */
function requireOther(field: string, secretKey: Scalar, from: Scalar): void {
  if (!equalSecrets(secretKey, from)) return;
  throw new CryptoError("E_KEY_REUSE", "The key to turn to is the key to turn from.", {
    fix: "Give the secret key of another holder, or of another version.",
    data: { field },
  });
}

/** The multi-hop engine on a curve back-end, by default the fastest that loads. */
export function bbs98(backend: CurveBackend = defaultBackend()): MultiHopEngine {
  return new Bbs98Engine(backend);
}
