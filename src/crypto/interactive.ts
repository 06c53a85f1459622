import { equalBytes } from "../bytes";
import type { RekeyRequest } from "./engine";
import { CryptoError } from "./errors";

const FIELD = "recipientSecretKey";

/**
 * The recipient's secret key of an interactive rekeying (eq 20), whose public key `publicKeyOf` computes, once both are known to be a pair. Throws
 * E_INTERACTIVE, E_WRONG_KEY, or what `publicKeyOf` does.
 */
export function pairedRecipientSecret(
  { recipientSecretKey, recipientPublicKey }: Pick<RekeyRequest, "recipientSecretKey" | "recipientPublicKey">,
  publicKeyOf: (field: string, secretKey: Uint8Array) => Uint8Array,
): Uint8Array {
  if (recipientSecretKey === undefined) {
    throw new CryptoError("E_INTERACTIVE", "This scheme rekeys with both secret keys.", {
      fix: "Give recipientSecretKey, or use an engine that is not interactive.",
      data: { field: FIELD },
    });
  }
  if (equalBytes(publicKeyOf(FIELD, recipientSecretKey), recipientPublicKey)) return recipientSecretKey;
  throw new CryptoError("E_WRONG_KEY", "The recipient's two keys are not a pair.", { data: { field: FIELD } });
}
