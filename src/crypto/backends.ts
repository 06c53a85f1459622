import type { BackendName, CurveBackend } from "./backend";
import { loadNativeBackend } from "./backendNative";
import { nobleBackend } from "./backendNoble";
import { CryptoError } from "./errors";

let native: CurveBackend | undefined;
let chosen: CurveBackend | undefined;

function unavailable(got: string): CryptoError {
  return new CryptoError("E_NO_BACKEND", `The curve back-end ${JSON.stringify(got)} is not available.`, {
    fix: 'Unset NKMS_CURVE_BACKEND, or set it to "noble"; "native" needs the optional package secp256k1.',
    data: { got, expected: ["noble", "native"] },
  });
}

/** A back-end by name. Throws E_NO_BACKEND if it is unknown or its addon does not load on this machine. */
export function backendNamed(name: BackendName): CurveBackend {
  if (name === "noble") return nobleBackend;
  if (name === "native") native ??= loadNativeBackend();
  if (name !== "native" || !native) throw unavailable(name);
  return native;
}

/**
 * The back-end everything runs on unless told otherwise: native where its addon loads, else noble. The environment variable
 * NKMS_CURVE_BACKEND (noble or native) forces one. Chosen once per process.
 */
export function defaultBackend(): CurveBackend {
  // eslint-disable-next-line no-restricted-properties -- the one variable crypto reads: bytes are the same either way
  const forced = globalThis.process?.env.NKMS_CURVE_BACKEND;
  chosen ??= forced ? backendNamed(forced as BackendName) : ((native ??= loadNativeBackend()) ?? nobleBackend);
  return chosen;
}
