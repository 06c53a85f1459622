/**
 * The package's second entry, `nkms/crypto`: the re-encryption engines and what goes with them, without network, chain or disk. It loads in
 * browsers too. Nothing else of this room is promised to stay.
 */
export { NkmsError, type ErrorDetails } from "../errors";
export { CryptoError } from "./errors";

export type {
  AnswerContext,
  Checkable,
  Encapsulation,
  Engine,
  EngineProperties,
  Evidence,
  Fraction,
  FractionKeys,
  HopKey,
  KeyPair,
  LatticeEngine,
  LevelledEngine,
  MultiHopEngine,
  ProxyKeys,
  RandomSource,
  RekeyRequest,
  ShareCommitment,
  UmbralEngine,
  UmbralRekeyRequest,
  VerifiedAnswer,
} from "./engine";
export { osRandom } from "./random";

export { CountedFraction, type CountedFractionOptions } from "./countedFraction";
export { CountedReader, type CountedReaderOptions, MOST_FAILURES } from "./countedReader";
export { signCapsule, verifySignedCapsule } from "./lattice/signedCapsule";

export { umbral } from "./umbral";
export { ecies } from "./ecies";
export { bbs98 } from "./bbs98";
export { afgh } from "./afgh";
export { lwe } from "./lwe";
export { LWE_1024, LWE_2048, type LweProfile } from "./lwe/profile";
export { ntru } from "./ntru";
export { NTRU_1087, NTRU_1499, type NtruSet } from "./ntru/parameters";

export { type BackendName, type CurveBackend, identityError, type Point, type Scalar } from "./backend";
export { backendNamed, defaultBackend } from "./backends";
export type { G1, G2, Pair, PairingBackend } from "./pairing";
export { loadMclPairing } from "./pairingMcl";
export { noblePairing } from "./pairingNoble";

export { delegatingKey, derivePathKey, deriveSecretKey } from "./derive";
export { factoryKey, factorySecret, factorySeed } from "./secretKeyFactory";
export { sign, verifySignature } from "./signature";
export { packCapsule, packCFrag, packKFrag, unpackCapsule, unpackCFrag, unpackKFrag } from "./umbral/messagePack";

export { packEvidence } from "./umbral/evidence";

export { capsuleOf, openSealed, openWithKey, sealTo } from "./sealedBox";
export { type AeadName, KEY_LENGTH, NONCE_LENGTH, open, seal, TAG_LENGTH } from "./symmetric";
export { openSecretbox, sealSecretbox, SECRETBOX_NONCE_LENGTH } from "./secretbox";
export { deriveFileKeys, type FileKeys, openFileKeys } from "./keyCommitment";
export {
  type ByteSource,
  decryptBytes,
  decryptStream,
  encryptBytes,
  encryptStream,
  sealedLength,
  type StreamSuite,
} from "./stream";
export { type Package, restore, type Transform, transform } from "./bulk/allOrNothing";
export { type LayeredPackage, type Layers, layersOf, openPackage, sealPackage } from "./bulk/packageHeader";
export {
  blocksAgainst,
  type Change,
  earlierKey,
  previousKey,
  type ReadAt,
  restoreRotated,
  rotate,
  type Rotation,
} from "./bulk/rotation";
