import type * as NodeCrypto from "node:crypto";

/** The runtime's own cryptography, where it is Node; undefined in browsers, where noble does the same. */
// eslint-disable-next-line no-restricted-properties -- whether this is Node.js, asked without an import
export const nodeCrypto: typeof NodeCrypto | undefined = globalThis.process?.getBuiltinModule?.("node:crypto");
