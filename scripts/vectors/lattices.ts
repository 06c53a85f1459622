/** Writes test/vectors/<engine>.json of the lattice engines: `node -r ts-node/register/transpile-only scripts/vectors/lattices.ts`. */
import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { toHex, utf8 } from "../../src/bytes";
import type { KeyPair, LatticeEngine } from "../../src/crypto/engine";
import { lwe } from "../../src/crypto/lwe";
import { LWE_1024, LWE_2048 } from "../../src/crypto/lwe/profile";
import { ntru } from "../../src/crypto/ntru";
import { NTRU_1087, NTRU_1499 } from "../../src/crypto/ntru/parameters";
import { capsuleOf, sealTo } from "../../src/crypto/sealedBox";
import { stream, STREAM_LENGTH } from "./vector";

const FOLDER = join(__dirname, "../../test/vectors");
const PLAINTEXT = "attack at dawn";
/** What is longer is given by its SHA-256: it follows from the seed. */
const LONGEST = 4096;

/** All lattice engines. */
export function latticeEngines(): LatticeEngine[] {
  return [lwe(LWE_1024), lwe(LWE_2048), ntru(NTRU_1087), ntru(NTRU_1499)];
}

function inHex(bytes: Uint8Array): string {
  return bytes.length <= LONGEST ? toHex(bytes) : `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

const pairInHex = ({ secretKey, publicKey }: KeyPair) => ({
  secretKey: toHex(secretKey),
  publicKey: inHex(publicKey),
});

function rekey(engine: LatticeEngine, from: KeyPair, to: KeyPair, random: ReturnType<typeof stream>) {
  const request = {
    ownerSecretKey: from.secretKey,
    recipientPublicKey: to.publicKey,
    recipientSecretKey: to.secretKey,
    signerSecretKey: to.secretKey,
    threshold: 1,
    shares: 1,
  };
  return engine.rekey(request, random)[0];
}

/** Draws owner, recipient, the sealed box, then the fraction. */
export function makeLatticeObjects(engine: LatticeEngine) {
  const seed = `nkms ${engine.properties.name} vector 1`;
  const random = stream(seed);
  const [owner, recipient] = [engine.keygen(random), engine.keygen(random)];
  const sealed = sealTo(engine, owner.publicKey, utf8(PLAINTEXT), random);
  const capsule = capsuleOf(engine, sealed);
  const { kfrag, commitment } = rekey(engine, owner, recipient, random);
  const cfrag = engine.reencrypt(kfrag, capsule, random);
  return { seed, owner, recipient, sealed, capsule, kfrag, commitment, cfrag, turned: engine.hop(kfrag, capsule) };
}

/** The file's content. */
export function makeLatticeVectors(engine: LatticeEngine) {
  const { seed, owner, recipient, sealed, capsule, kfrag, commitment, cfrag, turned } = makeLatticeObjects(engine);
  return {
    version: 1,
    origin: "scripts/vectors/lattices.ts of this package",
    random: `the first ${STREAM_LENGTH} bytes of SHAKE-256(seed), cut draw after draw`,
    seed,
    plaintext: toHex(utf8(PLAINTEXT)),
    owner: pairInHex(owner),
    recipient: pairInHex(recipient),
    sealed: toHex(sealed),
    key: toHex(engine.decapsulate(owner.secretKey, capsule)),
    kfrag: inHex(kfrag),
    commitment: { digest: toHex(commitment.digest), point: toHex(commitment.point) },
    cfrag: toHex(cfrag),
    turned: inHex(turned),
  };
}

if (require.main === module) {
  for (const engine of latticeEngines()) {
    const text = JSON.stringify(makeLatticeVectors(engine), undefined, 2) + "\n";
    writeFileSync(join(FOLDER, `${engine.properties.name}.json`), text);
  }
}
