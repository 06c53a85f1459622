/**
 * Writes test/vectors/umbral.json: `node -r ts-node/register/transpile-only scripts/vectors/umbral.ts`.
 *
 * Every value follows from the seed: all randomness is cut, draw after draw, from SHAKE-256(seed). The order of draws is that of the
 * steps in `makeVector` and of the doc comments in src/crypto/umbral. Another implementation that draws in the same order
 * must come to the same bytes, because signatures are RFC 6979 with the drawn entropy.
 */
import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { toHex, utf8 } from "../../src/bytes";
import type { Engine, RandomSource } from "../../src/crypto/engine";
import { capsuleOf, sealTo } from "../../src/crypto/sealedBox";
import { umbral } from "../../src/crypto/umbral";
import { packCapsule, packCFrag, packKFrag } from "../../src/crypto/umbral/messagePack";

const FILE = join(__dirname, "../../test/vectors/umbral.json");
const STREAM_LENGTH = 16_384;
const PLAINTEXT = "attack at dawn";

const CASES = [
  { seed: "nkms umbral vector 1", threshold: 1, shares: 1 },
  { seed: "nkms umbral vector 2", threshold: 2, shares: 3 },
  { seed: "nkms umbral vector 3", threshold: 5, shares: 8 },
] as const;

function stream(seed: string): RandomSource {
  const bytes = createHash("shake256", { outputLength: STREAM_LENGTH }).update(seed).digest();
  let offset = 0;
  return (length) => Uint8Array.from(bytes.subarray(offset, (offset += length)));
}

/** Draws owner, recipient, signer, the sealed box, the fractions, then one answer per fraction. All values are hex. */
function makeVector(engine: Engine, { seed, threshold, shares }: (typeof CASES)[number]) {
  const random = stream(seed);
  const [owner, recipient, signer] = [engine.keygen(random), engine.keygen(random), engine.keygen(random)];
  const sealed = sealTo(engine, owner.publicKey, utf8(PLAINTEXT), random);
  const capsule = capsuleOf(engine, sealed);
  const request = {
    ownerSecretKey: owner.secretKey,
    recipientPublicKey: recipient.publicKey,
    signerSecretKey: signer.secretKey,
    threshold,
    shares,
  };
  const fractions = engine.rekey(request, random).map(({ kfrag, commitment }) => ({ kfrag, commitment }));
  const cfrags = fractions.map(({ kfrag }) => engine.reencrypt(kfrag, capsule, random));
  const pair = ({ secretKey, publicKey }: typeof owner) => ({
    secretKey: toHex(secretKey),
    publicKey: toHex(publicKey),
  });
  return {
    ...{ seed, threshold, shares, plaintext: toHex(utf8(PLAINTEXT)) },
    ...{ owner: pair(owner), recipient: pair(recipient), signer: pair(signer) },
    sealed: toHex(sealed),
    capsule: toHex(capsule),
    key: toHex(engine.decapsulate(owner.secretKey, capsule)),
    fractions: fractions.map(({ kfrag, commitment }, index) => ({
      kfrag: toHex(kfrag),
      commitment: { digest: toHex(commitment.digest), point: toHex(commitment.point) },
      cfrag: toHex(cfrags[index]),
    })),
    messagePack: {
      capsule: toHex(packCapsule(capsule)),
      kfrag: toHex(packKFrag(fractions[0].kfrag)),
      cfrag: toHex(packCFrag(cfrags[0])),
    },
  };
}

/** The file's content on one engine; the same on every back-end. */
export function makeVectors(engine: Engine) {
  return {
    origin: "scripts/vectors/umbral.ts of this package; checked against umbral-pre 0.10.0",
    dialect: "Umbral v8 (umbral-pre 0.8 and later)",
    random: `the first ${STREAM_LENGTH} bytes of SHAKE-256(seed), cut draw after draw`,
    vectors: CASES.map((one) => makeVector(engine, one)),
  };
}

if (require.main === module) writeFileSync(FILE, JSON.stringify(makeVectors(umbral()), undefined, 2) + "\n");
