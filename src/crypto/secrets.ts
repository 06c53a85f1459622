/**
 * Overwrites secrets that are no longer needed. JavaScript bounds what this can do: bigints and strings cannot be wiped, the
 * garbage collector may have copied a buffer before, and optimised code may keep a value in a register.
 */
export function wipe(...secrets: (Uint8Array | Int32Array)[]): void {
  for (const secret of secrets) secret.fill(0);
}

/** Compares secrets of equal length without an early exit. Unequal lengths are public and return false at once. */
export function equalSecrets(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let index = 0; index < a.length; index++) difference |= a[index] ^ b[index];
  return difference === 0;
}
