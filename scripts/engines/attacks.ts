import { LWE_1024, LWE_2048 } from "../../src/crypto/lwe/profile";
import { NTRU_1087, NTRU_1499 } from "../../src/crypto/ntru/parameters";
import type { Attacks } from "./attack";
import { afghAttacks, bbs98Attacks, eciesAttacks, umbralAttacks } from "./curveAttacks";
import { lweAttacks } from "./lweAttacks";
import { ntruAttacks } from "./ntruAttacks";

/** The attacks on an engine by its name; the signer's public key is public. */
export function attacksOn(name: string, signerPublicKey: Uint8Array): Attacks {
  const known: Record<string, () => Attacks> = {
    umbral: () => umbralAttacks(signerPublicKey),
    ecies: () => eciesAttacks(signerPublicKey),
    bbs98: () => bbs98Attacks(),
    afgh: () => afghAttacks(signerPublicKey),
    [LWE_1024.name]: () => lweAttacks(LWE_1024),
    [LWE_2048.name]: () => lweAttacks(LWE_2048),
    [NTRU_1087.name]: () => ntruAttacks(NTRU_1087),
    [NTRU_1499.name]: () => ntruAttacks(NTRU_1499),
  };
  return known[name]();
}
