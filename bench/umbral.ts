/**
 * Umbral against umbral-pre, operation by operation, on every back-end that loads here. "from bytes" means that both sides start
 * from encodings; the other rows start from values both sides have already read and checked.
 */
import * as peer from "@nucypher/umbral-pre";

import type { CurveBackend } from "../src/crypto/backend";
import { decodePoint } from "../src/crypto/encoding";
import type { Fraction } from "../src/crypto/engine";
import { osRandom } from "../src/crypto/random";
import { capsuleOf, openSealed, openWithKey, sealTo } from "../src/crypto/sealedBox";
import { umbral } from "../src/crypto/umbral";
import { openCapsule, readCapsule } from "../src/crypto/umbral/capsule";
import { decodeCFrag } from "../src/crypto/umbral/cfrag";
import { decodeKFrag } from "../src/crypto/umbral/kfrag";
import { packCapsule, packCFrag, packKFrag } from "../src/crypto/umbral/messagePack";
import { U } from "../src/crypto/umbral/params";
import { reencryptCapsule } from "../src/crypto/umbral/reencrypt";
import { verifyProof, verifyRecipientSignature } from "../src/crypto/umbral/verify";
import type { Contestant } from "./sampling";

const PLAINTEXT = new Uint8Array(32).fill(7);
const LARGE = new Uint8Array(4 * 2 ** 20).fill(7);
const SPLITS = [
  { threshold: 1, shares: 1 },
  { threshold: 2, shares: 3 },
  { threshold: 16, shares: 32 },
];

export type Rows = Record<string, Contestant>;

interface Freeable {
  free(): void;
}
const free = (value: Freeable) => value.free();
const freeAll = (values: Freeable[]) => values.forEach(free);

/** Alternates its arguments, so that no memory of the last value helps. */
function alternate<T>(values: readonly T[]): () => T {
  let turn = 0;
  return () => values[turn++ % values.length];
}

/** The same keys and values in everybody's form. */
export function makeFixture() {
  const engine = umbral();
  const [owner, recipient, signer] = [engine.keygen(osRandom), engine.keygen(osRandom), engine.keygen(osRandom)];
  const boxes = [0, 1].map(() => sealTo(engine, owner.publicKey, PLAINTEXT, osRandom));
  const split = (threshold: number, shares: number) => {
    const request = {
      ownerSecretKey: owner.secretKey,
      recipientPublicKey: recipient.publicKey,
      signerSecretKey: signer.secretKey,
      threshold,
      shares,
    };
    return engine.rekey(request, osRandom);
  };
  const capsule = capsuleOf(engine, boxes[0]);
  const answers = (fractions: Fraction[], count: number) =>
    fractions.slice(0, count).map(({ kfrag, commitment }) => ({
      cfrag: engine.reencrypt(kfrag, capsule, osRandom),
      commitment,
    }));
  const answersOf = Object.fromEntries([1, 2, 16].map((m) => [m, answers(split(m, m), m)]));
  return { owner, recipient, signer, boxes, capsule, split, kfrag: split(1, 1)[0], answersOf };
}

type Fixture = ReturnType<typeof makeFixture>;

/** The peer's side of every row. */
export function peerRows(fixture: Fixture): Rows {
  const ownerSecret = peer.SecretKey.fromBEBytes(fixture.owner.secretKey);
  const recipientSecret = peer.SecretKey.fromBEBytes(fixture.recipient.secretKey);
  const signer = new peer.Signer(peer.SecretKey.fromBEBytes(fixture.signer.secretKey));
  const [owner, recipient, verifier] = [ownerSecret.publicKey(), recipientSecret.publicKey(), signer.verifyingKey()];
  const capsuleBytes = packCapsule(fixture.capsule);
  const capsule = peer.Capsule.fromBytes(capsuleBytes);
  const ciphertext = fixture.boxes[0].slice(98);
  const kfragBytes = packKFrag(fixture.kfrag.kfrag);
  const kfrag = peer.KeyFrag.fromBytes(kfragBytes).verify(verifier, owner, recipient);
  const cfragBytes = packCFrag(fixture.answersOf[1][0].cfrag);
  const verify = (bytes: Uint8Array) => peer.CapsuleFrag.fromBytes(bytes).verify(capsule, verifier, owner, recipient);
  const rows: Rows = {
    keygen: { run: () => peer.SecretKey.random().publicKey(), release: free },
    "encrypt 32 B": { run: () => peer.encrypt(owner, PLAINTEXT) },
    "encrypt 4 MiB": { run: () => peer.encrypt(owner, LARGE) },
    "decryptOriginal 32 B": { run: () => peer.decryptOriginal(ownerSecret, capsule, ciphertext) },
    "decryptOriginal 32 B from bytes": {
      run: () => peer.decryptOriginal(ownerSecret, peer.Capsule.fromBytes(capsuleBytes), ciphertext),
    },
    "capsule parse and self-check": { run: () => peer.Capsule.fromBytes(capsuleBytes), release: free },
    "kfrag parse and verify": {
      run: () => peer.KeyFrag.fromBytes(kfragBytes).verify(verifier, owner, recipient),
      release: free,
    },
    "reencrypt with proof": { run: () => peer.reencrypt(capsule, kfrag), release: free },
    "reencrypt with proof from bytes": {
      run: () =>
        peer.reencrypt(peer.Capsule.fromBytes(capsuleBytes), peer.KeyFrag.fromBytes(kfragBytes).skipVerification()),
      release: free,
    },
    "cfrag parse and verify": { run: () => verify(cfragBytes), release: free },
  };
  for (const { threshold, shares } of SPLITS) {
    rows[`generateKFrags ${threshold}/${shares}`] = {
      run: () => peer.generateKFrags(ownerSecret, recipient, signer, threshold, shares, true, true),
      release: freeAll,
    };
  }
  const manyBytes = fixture.answersOf[16].map(({ cfrag }) => packCFrag(cfrag));
  rows["cfrag parse and verify, 16"] = { run: () => manyBytes.map(verify), release: freeAll };
  for (const [m, answers] of Object.entries(fixture.answersOf)) {
    const verified = answers.map(({ cfrag }) => verify(packCFrag(cfrag)));
    rows[`decryptReencrypted m=${m}`] = {
      run: () => peer.decryptReencrypted(recipientSecret, owner, capsule, verified, ciphertext),
    };
  }
  return rows;
}

/** Our side of every row on one back-end. */
export function ourRows(fixture: Fixture, curve: CurveBackend): Rows {
  const { owner, recipient, signer, boxes, capsule: capsuleBytes, answersOf } = fixture;
  const engine = umbral(curve);
  const multiplyU = curve.fixedBase(U);
  const capsule = readCapsule(curve, capsuleBytes);
  const kfrag = decodeKFrag(curve, fixture.kfrag.kfrag);
  const keys = {
    owner: owner.publicKey,
    recipient: recipient.publicKey,
    signer: decodePoint(curve, "signer", signer.publicKey),
  };
  const publicKeys = {
    ownerPublicKey: owner.publicKey,
    recipientPublicKey: recipient.publicKey,
    signerPublicKey: signer.publicKey,
  };
  const nextBox = alternate(boxes);
  const nextCapsule = alternate(boxes.map((box) => capsuleOf(engine, box)));
  const rows: Rows = {
    keygen: { run: () => engine.keygen(osRandom) },
    "encrypt 32 B": { run: () => sealTo(engine, owner.publicKey, PLAINTEXT, osRandom) },
    "encrypt 4 MiB": { run: () => sealTo(engine, owner.publicKey, LARGE, osRandom) },
    "decryptOriginal 32 B": {
      run: () => openWithKey(engine, openCapsule(curve, owner.secretKey, capsule), boxes[0]),
    },
    "decryptOriginal 32 B from bytes": { run: () => openSealed(engine, owner.secretKey, nextBox()) },
    "capsule parse and self-check": { run: () => engine.verifyCapsule(nextCapsule()) },
    "kfrag parse and verify": { run: () => engine.verifyFraction(fixture.kfrag.kfrag, publicKeys) },
    "reencrypt with proof": { run: () => reencryptCapsule(curve, multiplyU, kfrag, capsule, osRandom) },
    "reencrypt with proof from bytes": {
      run: () => engine.reencrypt(fixture.kfrag.kfrag, nextCapsule(), osRandom),
    },
    "cfrag parse and verify": {
      run: () => {
        const cfrag = decodeCFrag(curve, answersOf[1][0].cfrag);
        verifyRecipientSignature(curve, cfrag, keys);
        verifyProof(curve, capsule, cfrag);
      },
    },
  };
  for (const { threshold, shares } of SPLITS) {
    const request = {
      ownerSecretKey: owner.secretKey,
      recipientPublicKey: recipient.publicKey,
      signerSecretKey: signer.secretKey,
      threshold,
      shares,
    };
    rows[`generateKFrags ${threshold}/${shares}`] = { run: () => engine.rekey(request, osRandom) };
  }
  const many = answersOf[16].map(({ cfrag, commitment }) => ({
    cfrag,
    context: { capsule: capsuleBytes, commitment, ...publicKeys },
  }));
  rows["cfrag parse and verify, 16"] = { run: () => engine.verifyMany(many, osRandom) };
  for (const [m, answers] of Object.entries(answersOf)) {
    const verified = answers.map(({ cfrag, commitment }) =>
      engine.verify(cfrag, { capsule: capsuleBytes, commitment, ...publicKeys }),
    );
    rows[`decryptReencrypted m=${m}`] = {
      run: () =>
        openWithKey(engine, engine.combine(recipient.secretKey, owner.publicKey, capsuleBytes, verified), boxes[0]),
    };
  }
  return rows;
}
