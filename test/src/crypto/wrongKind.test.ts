/**
 * What callers without types pass by mistake: every function of `nkms/crypto` that takes bytes names the argument that is none, by
 * E_BAD_ENCODING {field, got}. An export that is not in the tables fails the first test.
 */
import { expect } from "chai";

import * as nkms from "../../../src/crypto";
import { makeScope } from "../../support/crypto";
import { rejection } from "../../support/errors";
import { seededRandom } from "../../support/seededRandom";
import { gather } from "../../support/streams";

type Named = Readonly<Record<string, Uint8Array>>;

/** A call by its arguments that are bytes, under the names that errors give them; `optional` ones may be missing. */
interface Row {
  readonly name: string;
  readonly bytes: Named;
  readonly optional?: readonly string[];
  call(bytes: Named): unknown;
}

const NO_BYTES: unknown[] = [null, "", "0x00", 7, [1, 2, 3], new ArrayBuffer(32)];

/** Exports that take no bytes: makers of engines and back-ends, errors, constants. */
const WITHOUT_BYTES = [
  ...["NkmsError", "CryptoError", "identityError", "osRandom", "backendNamed", "defaultBackend"],
  ...["loadMclPairing", "noblePairing", "umbral", "ecies", "bbs98", "afgh", "lwe", "ntru"],
  ...["LWE_1024", "LWE_2048", "NTRU_1087", "NTRU_1499", "MOST_FAILURES", "KEY_LENGTH", "NONCE_LENGTH", "TAG_LENGTH"],
  ...["SECRETBOX_NONCE_LENGTH", "sealedLength", "blocksAgainst"],
];

const random = seededRandom("wrong kind");
const record = async () => true;

/** A commitment whose parts are named as errors name them. */
function withCommitment<T>(bytes: Named): T {
  const { "commitment.digest": digest, "commitment.point": point, ...rest } = bytes;
  return { ...rest, commitment: { digest, point } } as T;
}

function makeWorld(engine: nkms.Engine) {
  const scope = makeScope(engine, random);
  const { owner, recipient, signer, capsule, keys } = scope;
  const [fraction] = scope.split(1, 1);
  const { digest, point } = fraction.commitment;
  return {
    ...scope,
    kfrag: fraction.kfrag,
    cfrag: engine.reencrypt(fraction.kfrag, capsule, random),
    answers: [scope.answer(fraction)],
    context: { capsule, ...keys, "commitment.digest": digest, "commitment.point": point },
    rekeying: {
      ownerSecretKey: owner.secretKey,
      recipientPublicKey: keys.recipientPublicKey,
      signerSecretKey: signer.secretKey,
      ...(engine.properties.interactive ? { recipientSecretKey: recipient.secretKey } : {}),
    },
  };
}

/** The functions of the common interface. */
function engineRows(engine: nkms.Engine): Row[] {
  const { owner, recipient, capsule, keys, kfrag, cfrag, answers, context, rekeying } = makeWorld(engine);
  const { secretKey, publicKey } = owner;
  const opening = { recipientSecretKey: recipient.secretKey, ownerPublicKey: publicKey, capsule };
  type Request = Omit<nkms.RekeyRequest, "threshold" | "shares">;
  return [
    { name: "publicKeyOf", bytes: { secretKey }, call: (given) => engine.publicKeyOf(given.secretKey) },
    { name: "encapsulate", bytes: { publicKey }, call: (given) => engine.encapsulate(given.publicKey, random) },
    {
      ...{ name: "decapsulate", bytes: { secretKey, capsule } },
      call: (given) => engine.decapsulate(given.secretKey, given.capsule),
    },
    { name: "verifyCapsule", bytes: { capsule }, call: (given) => engine.verifyCapsule(given.capsule) },
    {
      ...{ name: "rekey", bytes: rekeying, optional: ["recipientSecretKey"] },
      call: (given) => engine.rekey({ ...(given as unknown as Request), threshold: 1, shares: 1 }, random),
    },
    {
      ...{ name: "verifyFraction", bytes: { kfrag, ...keys } },
      call: (given) => engine.verifyFraction(given.kfrag, given as unknown as nkms.FractionKeys),
    },
    {
      ...{ name: "reencrypt", bytes: { kfrag, capsule } },
      call: (given) => engine.reencrypt(given.kfrag, given.capsule, random),
    },
    {
      ...{ name: "verify", bytes: { cfrag, ...context }, optional: ["signerPublicKey"] },
      call: ({ cfrag: given, ...rest }) => engine.verify(given, withCommitment(rest)),
    },
    {
      ...{ name: "combine", bytes: opening },
      call: (given) => engine.combine(given.recipientSecretKey, given.ownerPublicKey, given.capsule, answers),
    },
  ];
}

function umbralRows(engine: nkms.UmbralEngine): Row[] {
  const { capsule, keys, kfrag, cfrag, context } = makeWorld(engine);
  return [
    {
      ...{
        name: "verifyProxySignature",
        bytes: { kfrag, ...keys },
        optional: ["ownerPublicKey", "recipientPublicKey"],
      },
      call: (given) => engine.verifyProxySignature(given.kfrag, given as unknown as nkms.ProxyKeys),
    },
    {
      ...{ name: "verifyMany", bytes: { cfrag, ...context }, optional: ["signerPublicKey"] },
      call: ({ cfrag: given, ...rest }) => engine.verifyMany([{ cfrag: given, context: withCommitment(rest) }], random),
    },
    {
      ...{ name: "evidence", bytes: { cfrag, capsule, ...keys } },
      call: (given) => engine.evidence(given.cfrag, given.capsule, given as unknown as nkms.FractionKeys),
    },
  ];
}

function multiHopRows(engine: nkms.MultiHopEngine): Row[] {
  const { owner, recipient, capsule } = makeWorld(engine);
  const { key, point } = engine.hopKey(owner.secretKey, recipient.secretKey, random);
  const turned = engine.hop(key, capsule);
  return [
    {
      ...{ name: "hopKey", bytes: { fromSecretKey: owner.secretKey, toSecretKey: recipient.secretKey } },
      call: (given) => engine.hopKey(given.fromSecretKey, given.toSecretKey, random),
    },
    {
      ...{ name: "compose", bytes: { first: key, second: recipient.secretKey } },
      call: (given) => engine.compose(given.first, given.second),
    },
    { name: "reverse", bytes: { key }, call: (given) => engine.reverse(given.key, random) },
    { name: "hop", bytes: { key, capsule }, call: (given) => engine.hop(given.key, given.capsule) },
    {
      ...{ name: "verifyHops", bytes: { capsule: turned, "points[0]": point } },
      call: (given) => engine.verifyHops(given.capsule, [given["points[0]"]]),
    },
    {
      ...{ name: "collapse", bytes: { productKey: key, capsule: turned } },
      call: (given) => engine.collapse(given.productKey, given.capsule),
    },
  ];
}

function levelledRows(engine: nkms.LevelledEngine): Row[] {
  const { secretKey, publicKey } = engine.keygen(random);
  const { capsule } = engine.encapsulateFirstLevel(publicKey, random);
  return [
    {
      ...{ name: "encapsulateFirstLevel", bytes: { publicKey } },
      call: (given) => engine.encapsulateFirstLevel(given.publicKey, random),
    },
    {
      ...{ name: "decapsulateFirstLevel", bytes: { secretKey, capsule } },
      call: (given) => engine.decapsulateFirstLevel(given.secretKey, given.capsule),
    },
  ];
}

/** The functions of lattice engines, and those that count for them. */
function latticeRows(engine: nkms.LatticeEngine): Row[] {
  const { owner, recipient, signer, capsule, keys, kfrag, answers } = makeWorld(engine);
  const [secretKey, originPublicKey] = [recipient.secretKey, owner.publicKey];
  const turned = engine.hop(kfrag, capsule);
  const signature = nkms.signCapsule(engine, capsule, owner.publicKey, signer.secretKey, random);
  const signing = { capsule, holderPublicKey: owner.publicKey };
  const counted = (bytes: Named) =>
    new nkms.CountedFraction({
      ...{ engine, kfrag: bytes.kfrag, holderPublicKey: bytes.holderPublicKey, producers: [bytes.publicKey] },
      ...{ answered: 0, record },
    });
  const reader = (bytes: Named) => new nkms.CountedReader({ engine, secretKey: bytes.secretKey, failed: 0, record });
  const asking = { kfrag, ...signing, signature, publicKey: keys.signerPublicKey };
  return [
    { name: "hop", bytes: { kfrag, capsule }, call: (given) => engine.hop(given.kfrag, given.capsule) },
    {
      ...{ name: "decapsulateTurned", bytes: { secretKey, originPublicKey, capsule: turned } },
      call: (given) => engine.decapsulateTurned(given.secretKey, given.originPublicKey, given.capsule),
    },
    {
      ...{ name: "signCapsule", bytes: { ...signing, producerSecretKey: signer.secretKey } },
      call: (given) => nkms.signCapsule(engine, given.capsule, given.holderPublicKey, given.producerSecretKey, random),
    },
    {
      ...{ name: "verifySignedCapsule", bytes: { ...signing, signature, publicKey: keys.signerPublicKey } },
      call: (given) =>
        nkms.verifySignedCapsule(engine, given.capsule, given.signature, given.holderPublicKey, [given.publicKey]),
    },
    {
      ...{ name: "CountedFraction", bytes: asking },
      call: (given) => counted(given).reencrypt(given.capsule, given.signature, random),
    },
    {
      ...{ name: "CountedFraction", bytes: asking },
      call: (given) => counted(given).hop(given.capsule, given.signature),
    },
    {
      ...{ name: "CountedReader", bytes: { secretKey, originPublicKey, capsule: turned } },
      call: (given) => reader(given).decapsulateTurned(given.originPublicKey, given.capsule),
    },
    {
      ...{ name: "CountedReader", bytes: { recipientSecretKey: secretKey, ownerPublicKey: owner.publicKey, capsule } },
      call: (given) =>
        reader({ secretKey: given.recipientSecretKey }).combine(given.ownerPublicKey, given.capsule, answers),
    },
  ];
}

/** What is exported beside engines and their methods. */
function functionRows(): Row[] {
  const engine = nkms.umbral();
  const { owner, signer, capsule, key, keys, kfrag, cfrag } = makeWorld(engine);
  const [secretKey, publicKey] = [signer.secretKey, keys.signerPublicKey];
  const [message, plaintext, aad] = [utf8Text(), utf8Text(), utf8Text()];
  const [seed, nonce] = [random(32), random(24)];
  const signature = nkms.sign(secretKey, "domain", message, random);
  const sealed = nkms.sealTo(engine, owner.publicKey, plaintext, random);
  const evidence = engine.evidence(cfrag, capsule, keys);
  const aead = "xchacha20-poly1305";
  const sealing = { key, nonce, plaintext };
  const { commitment } = nkms.deriveFileKeys(key, seed);
  const stream = "aes-256-gcm";
  return [
    {
      name: "delegatingKey",
      bytes: { existingSecretKey: key },
      call: (given) => nkms.delegatingKey(given.existingSecretKey, "a"),
    },
    { name: "derivePathKey", bytes: { seed }, call: (given) => nkms.derivePathKey(given.seed, "/a") },
    { name: "deriveSecretKey", bytes: { seed }, call: (given) => nkms.deriveSecretKey(given.seed, "a") },
    { name: "factoryKey", bytes: { seed, label: aad }, call: (given) => nkms.factoryKey(given.seed, given.label) },
    {
      name: "factorySecret",
      bytes: { seed, label: aad },
      call: (given) => nkms.factorySecret(given.seed, given.label),
    },
    { name: "factorySeed", bytes: { seed, label: aad }, call: (given) => nkms.factorySeed(given.seed, given.label) },
    {
      name: "sign",
      bytes: { secretKey, message },
      call: (given) => nkms.sign(given.secretKey, "d", given.message, random),
    },
    {
      ...{ name: "verifySignature", bytes: { publicKey, message, signature } },
      call: (given) => nkms.verifySignature(given.publicKey, "domain", given.message, given.signature),
    },
    {
      ...{ name: "packEvidence", bytes: { ...evidence.points, messageHash: evidence.messageHash } },
      call: ({ messageHash, ...points }) => nkms.packEvidence({ ...evidence, points: points as never, messageHash }),
    },
    { name: "packCapsule", bytes: { capsule }, call: (given) => nkms.packCapsule(given.capsule) },
    { name: "packKFrag", bytes: { kfrag }, call: (given) => nkms.packKFrag(given.kfrag) },
    { name: "packCFrag", bytes: { cfrag }, call: (given) => nkms.packCFrag(given.cfrag) },
    {
      name: "unpackCapsule",
      bytes: { capsule: nkms.packCapsule(capsule) },
      call: (given) => nkms.unpackCapsule(given.capsule),
    },
    { name: "unpackKFrag", bytes: { kfrag: nkms.packKFrag(kfrag) }, call: (given) => nkms.unpackKFrag(given.kfrag) },
    { name: "unpackCFrag", bytes: { cfrag: nkms.packCFrag(cfrag) }, call: (given) => nkms.unpackCFrag(given.cfrag) },
    { name: "capsuleOf", bytes: { sealed }, call: (given) => nkms.capsuleOf(engine, given.sealed) },
    {
      ...{ name: "sealTo", bytes: { publicKey, plaintext } },
      call: (given) => nkms.sealTo(engine, given.publicKey, given.plaintext, random),
    },
    {
      ...{ name: "openSealed", bytes: { secretKey: owner.secretKey, sealed } },
      call: (given) => nkms.openSealed(engine, given.secretKey, given.sealed),
    },
    {
      ...{
        name: "openWithKey",
        bytes: { key: engine.decapsulate(owner.secretKey, nkms.capsuleOf(engine, sealed)), sealed },
      },
      call: (given) => nkms.openWithKey(engine, given.key, given.sealed),
    },
    {
      ...{ name: "seal", bytes: { ...sealing, aad }, optional: ["aad"] },
      call: (given) => nkms.seal(aead, given.key, given.nonce, given.plaintext, given.aad),
    },
    {
      ...{
        name: "open",
        bytes: { key, nonce, sealed: nkms.seal(aead, key, nonce, plaintext, aad), aad },
        optional: ["aad"],
      },
      call: (given) => nkms.open(aead, given.key, given.nonce, given.sealed, given.aad),
    },
    {
      ...{ name: "sealSecretbox", bytes: sealing },
      call: (given) => nkms.sealSecretbox(given.key, given.nonce, given.plaintext),
    },
    {
      ...{ name: "openSecretbox", bytes: { key, nonce, sealed: nkms.sealSecretbox(key, nonce, plaintext) } },
      call: (given) => nkms.openSecretbox(given.key, given.nonce, given.sealed),
    },
    {
      ...{ name: "deriveFileKeys", bytes: { dek: key, headerHash: seed } },
      call: (given) => nkms.deriveFileKeys(given.dek, given.headerHash),
    },
    {
      ...{ name: "openFileKeys", bytes: { dek: key, headerHash: seed, commitment } },
      call: (given) => nkms.openFileKeys(given.dek, given.headerHash, given.commitment),
    },
    {
      ...{ name: "encryptBytes", bytes: { key, plaintext } },
      call: (given) => nkms.encryptBytes(stream, given.key, given.plaintext),
    },
    {
      ...{ name: "decryptBytes", bytes: { key, sealed: nkms.encryptBytes(stream, key, plaintext) } },
      call: (given) => nkms.decryptBytes(stream, given.key, given.sealed),
    },
    {
      ...{ name: "encryptStream", bytes: { key, piece: plaintext } },
      call: (given) => gather(nkms.encryptStream(stream, given.key, [given.piece])),
    },
    {
      ...{ name: "decryptStream", bytes: { key, piece: nkms.encryptBytes(stream, key, plaintext) } },
      call: (given) => gather(nkms.decryptStream(stream, given.key, [given.piece])),
    },
  ];
}

function utf8Text(): Uint8Array {
  return new TextEncoder().encode("a text");
}

/** Of the all-or-nothing transform: a file of one chunk, rotated once. */
async function bulkRows(): Promise<Row[]> {
  const newest = random(32);
  const plaintext = utf8Text();
  const { body, finish } = nkms.transform([plaintext], random);
  const stored = await gather(body);
  const content = finish();
  const { tail, root } = content;
  const layers = { rotation: 0, layerBlocks: 1 };
  const header = nkms.sealPackage({ content, ...layers }, nkms.previousKey(newest));
  const packageOf = (bytes: Named) => ({ tail: bytes.tail, root: bytes.root, length: stored.length });
  return [
    {
      ...{ name: "transform", bytes: { piece: plaintext } },
      call: (given) => gather(nkms.transform([given.piece], random).body),
    },
    {
      ...{ name: "restore", bytes: { tail, root, piece: stored } },
      call: (given) => gather(nkms.restore(packageOf(given), () => [given.piece])),
    },
    { name: "layersOf", bytes: { "package header": header }, call: (given) => nkms.layersOf(given["package header"]) },
    {
      ...{ name: "openPackage", bytes: { "package header": header, dek: nkms.previousKey(newest) } },
      call: (given) => nkms.openPackage(given["package header"], given.dek),
    },
    {
      ...{ name: "sealPackage", bytes: { tail, root, dek: newest } },
      call: (given) => nkms.sealPackage({ content: packageOf(given), ...layers }, given.dek),
    },
    { name: "previousKey", bytes: { key: newest }, call: (given) => nkms.previousKey(given.key) },
    { name: "earlierKey", bytes: { key: newest }, call: (given) => nkms.earlierKey(given.key, 1) },
    {
      ...{ name: "rotate", bytes: { "package header": header, key: newest, block: stored } },
      call: (given) => nkms.rotate(given["package header"], given.key, async () => given.block),
    },
    {
      ...{ name: "restoreRotated", bytes: { "package header": header, dek: nkms.previousKey(newest), piece: stored } },
      call: (given) => gather(nkms.restoreRotated(given["package header"], given.dek, () => [given.piece])),
    },
  ];
}

async function expectRows(rows: readonly Row[]): Promise<void> {
  for (const { name, bytes, optional = [], call } of rows) {
    await call(bytes);
    for (const field of Object.keys(bytes)) {
      for (const wrong of [...(optional.includes(field) ? [] : [undefined]), ...NO_BYTES]) {
        const given = { ...bytes, [field]: wrong as Uint8Array };
        const error = await rejection((async () => call(given))());
        const about = `${name} with ${field} = ${JSON.stringify(wrong)}: ${error.message}`;
        expect(error, about).to.be.instanceOf(nkms.CryptoError);
        expect({ code: error.code, field: error.data.field, got: error.data.got }, about).to.deep.equal({
          ...{ code: "E_BAD_ENCODING", field, got: typeof wrong },
        });
      }
    }
  }
}

describe("arguments of a wrong kind", () => {
  it("are tried with every export that takes bytes", async () => {
    const rows = [...functionRows(), ...(await bulkRows()), ...latticeRows(nkms.lwe())];
    const tried = new Set(rows.map(({ name }) => name));
    const missing = Object.keys(nkms).filter((name) => !tried.has(name) && !WITHOUT_BYTES.includes(name));
    expect(missing).to.deep.equal([]);
    expect(WITHOUT_BYTES.filter((name) => !(name in nkms))).to.deep.equal([]);
  });

  for (const engine of [nkms.umbral(), nkms.ecies(), nkms.bbs98(), nkms.afgh(), nkms.lwe(), nkms.ntru()]) {
    it(`are named by ${engine.properties.name}`, () => expectRows(engineRows(engine)));
  }

  it("are named by what umbral has beyond the others", () => expectRows(umbralRows(nkms.umbral())));
  it("are named by hops of bbs98", () => expectRows(multiHopRows(nkms.bbs98())));
  it("are named by the first level of afgh", () => expectRows(levelledRows(nkms.afgh())));
  it("are named by hops and counts of lattices", () => expectRows(latticeRows(nkms.lwe())));
  it("are named by functions that need no engine", () => expectRows(functionRows()));
  it("are named by bulk data", async () => expectRows(await bulkRows()));
});
