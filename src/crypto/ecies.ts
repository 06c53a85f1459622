/**
 * ECIES re-encryption with an ephemeral key (paper II.A.3, eq 10 to 19) on secp256k1: for a single node or m of n. Answers are a
 * function of fraction and capsule, so nodes can be tested with prepared ones.
 *
 *   e random, rk = a/e, sealed = box to pk_B of (e ‖ the owner's signature of pk_A, pk_B and the dealing), bound to pk_A and the dealing
 *   node: E' = rk_i*E, recipient: e*(sum lambda_i*E'_i) = a*E
 *
 * Rekeying needs no secret of the recipient, turning an answer back leads to e and not to B, and nothing a node holds names A or B. e*R = pk_A
 * shows the recipient that the dealing is of A's key; it does not show who dealt, which is what the signature is for.
 */
import { concat } from "../bytes";
import type { CurveBackend, Point, Scalar } from "./backend";
import { defaultBackend } from "./backends";
import { BOX_OVERHEAD, openBox, sealBox } from "./ecies/box";
import type { Dealing } from "./ecies/dealing";
import { DealtEngine, type Parties } from "./ecies/dealtEngine";
import { decodePoint, decodeScalar, encodePoint, SCALAR_LENGTH, SIGNATURE_LENGTH } from "./encoding";
import type { Engine, EngineProperties, RandomSource, RekeyRequest } from "./engine";
import { CryptoError } from "./errors";
import { randomScalar } from "./scalar";
import { wipe } from "./secrets";
import { sign, verifySignature } from "./signature";

const PROPERTIES: EngineProperties = {
  name: "ecies",
  interactive: false,
  unidirectional: true,
  maxHops: 1,
  collusionResistant: false,
  keyPrivate: true,
  threshold: true,
  verifiable: "by anyone",
  onChainVerifiable: true,
  failureLog2: -Infinity,
  maxAnswers: Infinity,
};

const DEALING_DOMAIN = "nkms/v1/ecies/dealing";
const SEALED_LENGTH = BOX_OVERHEAD + SCALAR_LENGTH + SIGNATURE_LENGTH;

/** What the owner signs inside the box: pk_A ‖ pk_B ‖ F_0 .. F_(m-1). With e*F_0 = pk_A this fixes e. */
function dealingMessage(owner: Uint8Array, recipient: Uint8Array, commitments: readonly Point[]): Uint8Array {
  return concat(owner, recipient, ...commitments.map(encodePoint));
}

/** What the box is bound to: pk_A ‖ F_0 .. F_(m-1). Its recipient it is bound to by the key. */
function boxContext(owner: Uint8Array, commitments: readonly Point[]): Uint8Array {
  return concat(owner, ...commitments.map(encodePoint));
}

class EciesEngine extends DealtEngine {
  constructor(curve: CurveBackend) {
    super(PROPERTIES, curve, SEALED_LENGTH, 0);
  }

  protected drawDivisor(_request: RekeyRequest, random: RandomSource): Scalar {
    return randomScalar(random);
  }

  protected seal(
    divisor: Scalar,
    request: RekeyRequest,
    commitments: readonly Point[],
    random: RandomSource,
  ): Uint8Array {
    const owner = this.publicKey(request.ownerSecretKey);
    const message = dealingMessage(owner, request.recipientPublicKey, commitments);
    const signature = sign(request.signerSecretKey, DEALING_DOMAIN, message, random, this.curve);
    const plaintext = concat(divisor, signature);
    const recipient = decodePoint(this.curve, "recipientPublicKey", request.recipientPublicKey);
    const sealed = sealBox(this.curve, recipient, plaintext, boxContext(owner, commitments), random);
    wipe(plaintext);
    return sealed;
  }

  protected open({ sealed, coefficients }: Dealing, parties: Parties): Scalar {
    const { ownerPublicKey, recipientPublicKey, recipientSecretKey, signerPublicKeys } = parties;
    const plaintext = this.#openBox(recipientSecretKey, sealed, boxContext(ownerPublicKey, coefficients));
    try {
      for (const signerPublicKey of signerPublicKeys) {
        const message = dealingMessage(ownerPublicKey, recipientPublicKey, coefficients);
        verifySignature(signerPublicKey, DEALING_DOMAIN, message, plaintext.subarray(SCALAR_LENGTH), this.curve);
      }
      return decodeScalar("wrapped.e", plaintext.slice(0, SCALAR_LENGTH));
    } finally {
      wipe(plaintext);
    }
  }

  #openBox(secretKey: Scalar, sealed: Uint8Array, context: Uint8Array): Uint8Array {
    try {
      return openBox(this.curve, secretKey, sealed, context);
    } catch (cause) {
      throw new CryptoError("E_WRONG_KEY", "The dealing is not between these two keys.", {
        why: "Its box opens to one recipient, for one owner's key. The policy is of other keys, or the owner dealt wrongly.",
        data: { field: "wrapped" },
        cause,
      });
    }
  }
}

/** The ECIES engine on a curve back-end, by default the fastest that loads. */
export function ecies(backend: CurveBackend = defaultBackend()): Engine {
  return new EciesEngine(backend);
}
