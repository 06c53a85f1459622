/**
 * Every parser of crypto, and those of protocol that read bytes, over canonical objects: all single flipped bits, all cuts, extensions, and random
 * mutants, a million under NKMS_DEEP. Of a changed object
 *
 * | kind | is demanded |
 * | --- | --- |
 * | proven | that it is refused: a proof, signature, tag or commitment covers every bit |
 * | bound | that it is refused, or stands for another public value than the one it has to (a commitment, a key, a signer) |
 * | plain | that it is refused, or read as another value whose one encoding are exactly these bytes |
 *
 * and of each with bytes missing or added that it is refused. A refusal is an NkmsError whose code the parser is listed with; anything else thrown
 * fails the test. Titles print the counts; NKMS_SEED repeats a deep run.
 */
import { expect } from "chai";
import { randomBytes } from "node:crypto";

import { concat, equalBytes, toHex, utf8 } from "../../../src/bytes";
import { afgh } from "../../../src/crypto/afgh";
import { decodeGroupScalar, encodeScalar } from "../../../src/crypto/afgh/scalar";
import { defaultBackend } from "../../../src/crypto/backends";
import { bbs98 } from "../../../src/crypto/bbs98";
import { openPackage, sealPackage } from "../../../src/crypto/bulk/packageHeader";
import { ecies } from "../../../src/crypto/ecies";
import { decodePoint, decodeScalar, decodeSignature, encodePoint } from "../../../src/crypto/encoding";
import type { Engine, LatticeEngine, RandomSource } from "../../../src/crypto/engine";
import { deriveFileKeys, openFileKeys } from "../../../src/crypto/keyCommitment";
import { lwe } from "../../../src/crypto/lwe";
import { LWE_1024 } from "../../../src/crypto/lwe/profile";
import { Ring } from "../../../src/crypto/lwe/ring";
import { ntru } from "../../../src/crypto/ntru";
import { pack, unpack } from "../../../src/crypto/lattice/packing";
import { fromBigInt, toBigInt } from "../../../src/crypto/scalar";
import { openSealed, sealTo } from "../../../src/crypto/sealedBox";
import { openSecretbox, sealSecretbox } from "../../../src/crypto/secretbox";
import { sign, verifySignature } from "../../../src/crypto/signature";
import { decryptBytes, encryptBytes } from "../../../src/crypto/stream";
import { type AeadName, NONCE_LENGTH, open, seal } from "../../../src/crypto/symmetric";
import { umbral } from "../../../src/crypto/umbral";
import * as packed from "../../../src/crypto/umbral/messagePack";
import { NkmsError } from "../../../src/errors";
import { encodeHeader, splitEdek } from "../../../src/protocol/edek";
import { openObject, sealObject } from "../../../src/protocol/object";
import { REQUEST, trafficDomain } from "../../../src/protocol/request";
import { recoverSigner, signerAddress, signTypedData } from "../../../src/protocol/typedSignature";
import { flipBit, makeScope, pairings } from "../../support/crypto";
import { mutants } from "../../support/mutants";
import { seededRandom } from "../../support/seededRandom";

const DEEP = process.env.NKMS_DEEP !== undefined;
const SEED = process.env.NKMS_SEED ?? (DEEP ? randomBytes(6).toString("hex") : "parsers");

/** Bits that are flipped, about: of a fast object every one under NKMS_DEEP. The step is odd, so that all places of a byte are met. */
const FAST_FLIPS = DEEP ? Infinity : 1_500;
const SLOW_FLIPS = DEEP ? 10_000 : 60;
const SLOW_CUTS = DEEP ? 2_000 : 40;
const DEEP_MUTANTS = 1_000_000;
const SLOW_MUTANTS = DEEP ? 4_000 : 20;

type Reader = (bytes: Uint8Array) => Uint8Array;

/** An object, another valid one of its kind, and how it is read: to its encoding (plain), to what it stands for (bound). */
interface Sample {
  readonly bytes: Uint8Array;
  readonly sibling: Uint8Array;
  readonly read: Reader;
  /** What a bound object must stand for. */
  readonly value?: Uint8Array;
}

interface Parser {
  readonly name: string;
  readonly kind: "proven" | "bound" | "plain";
  readonly codes: readonly string[];
  /** Reading one takes milliseconds. */
  readonly slow?: boolean;
  make(random: RandomSource): Sample | Promise<Sample>;
}

const ENCODING = ["E_BAD_ENCODING"];
const PROOF = ["E_BAD_ENCODING", "E_BAD_PROOF"];
const NOTHING = new Uint8Array();

/** A reader that gives nothing back. */
const checking =
  (check: (bytes: Uint8Array) => unknown): Reader =>
  (bytes) => {
    check(bytes);
    return NOTHING;
  };

/** Two objects of one maker. */
function twice(make: () => Uint8Array): Pick<Sample, "bytes" | "sibling"> {
  return { bytes: make(), sibling: make() };
}

interface EngineCase {
  readonly name: string;
  readonly threshold: number;
  readonly slow?: boolean;
  /** Beyond those of encodings and proofs. */
  readonly codes?: readonly string[];
  load(): Engine | Promise<Engine>;
  /** Where a capsule proves nothing by itself, its owner opens it. */
  readonly opens?: boolean;
}

/** The objects that nodes and readers get, of one engine. */
function engineParsers({ name, threshold, slow, codes = [], load, opens }: EngineCase): Parser[] {
  const worldOf = async (random: RandomSource) => {
    const engine = await load();
    const scope = makeScope(engine, random);
    const fractions = scope.split(threshold, threshold + 1);
    return { engine, scope, fractions };
  };
  const known = { slow, codes: [...PROOF, ...codes] };
  return [
    {
      ...{ name: `${name} capsule`, kind: "proven", ...known },
      async make(random) {
        const { engine, scope } = await worldOf(random);
        const openIt = (bytes: Uint8Array) => engine.decapsulate(scope.owner.secretKey, bytes);
        return {
          ...twice(() => engine.encapsulate(scope.owner.publicKey, random).capsule),
          read: checking(opens ? openIt : (bytes) => engine.verifyCapsule(bytes)),
        };
      },
    },
    {
      ...{ name: `${name} kfrag`, kind: "bound", ...known },
      async make(random) {
        const { engine, scope, fractions } = await worldOf(random);
        return {
          ...{ bytes: fractions[0].kfrag, sibling: fractions[1].kfrag, value: fractions[0].commitment.digest },
          read: (bytes) => engine.verifyFraction(bytes, scope.keys).digest,
        };
      },
    },
    {
      ...{ name: `${name} cfrag`, kind: "proven", ...known },
      async make(random) {
        const { engine, scope, fractions } = await worldOf(random);
        const context = { capsule: scope.capsule, commitment: fractions[0].commitment, ...scope.keys };
        const [bytes, sibling] = fractions.map(({ kfrag }) => engine.reencrypt(kfrag, scope.capsule, random));
        return { bytes, sibling, read: checking((changed) => engine.verify(changed, context)) };
      },
    },
  ];
}

/** Umbral's objects as MessagePack, read down to the proof. */
const packedParsers: Parser[] = engineParsers({
  name: "umbral",
  threshold: 2,
  codes: ["E_BAD_SIGNATURE"],
  load: () => umbral(),
}).map((parser, index) => {
  const wrap = [packed.packCapsule, packed.packKFrag, packed.packCFrag][index];
  const unwrap = [packed.unpackCapsule, packed.unpackKFrag, packed.unpackCFrag][index];
  return {
    ...{ ...parser, name: `${parser.name} in MessagePack` },
    async make(random) {
      const { bytes, sibling, read, value } = await parser.make(random);
      return { bytes: wrap(bytes), sibling: wrap(sibling), read: (changed) => read(unwrap(changed)), value };
    },
  };
});

/** Values on secp256k1 and BLS12-381 that are only encoded. */
const plainParsers: Parser[] = [
  {
    ...{ name: "secp256k1 point", kind: "plain", codes: ENCODING },
    make: (random) => ({
      ...twice(() => umbral().keygen(random).publicKey),
      read: (bytes) => encodePoint(decodePoint(defaultBackend(), "key", bytes)),
    }),
  },
  {
    ...{ name: "secp256k1 scalar", kind: "plain", codes: ENCODING },
    make: (random) => ({
      ...twice(() => umbral().keygen(random).secretKey),
      read: (bytes) => fromBigInt(toBigInt(decodeScalar("key", bytes))),
    }),
  },
  {
    ...{ name: "ECDSA signature, unverified", kind: "plain", codes: ENCODING },
    make: (random) => ({
      ...twice(() => sign(umbral().keygen(random).secretKey, "nkms/v1/test", NOTHING, random)),
      read: (bytes) => Uint8Array.from(decodeSignature("signature", bytes)),
    }),
  },
  {
    ...{ name: "BLS12-381 scalar", kind: "plain", codes: ENCODING },
    make: (random) => ({
      ...twice(() => afgh().keygen(random).secretKey),
      read: (bytes) => encodeScalar(decodeGroupScalar("key", bytes)),
    }),
  },
];

/** What is signed, sealed or hashed without an engine's answers. */
const symmetricParsers: Parser[] = [
  {
    ...{ name: "ECDSA signature", kind: "proven", codes: [...ENCODING, "E_BAD_SIGNATURE"] },
    make(random) {
      const { secretKey, publicKey } = umbral().keygen(random);
      const message = random(40);
      const makeOne = (of: Uint8Array) => sign(secretKey, "nkms/v1/test", of, random);
      return {
        ...{ bytes: makeOne(message), sibling: makeOne(random(40)) },
        read: checking((bytes) => verifySignature(publicKey, "nkms/v1/test", message, bytes)),
      };
    },
  },
  {
    ...{ name: "EIP-712 signature", kind: "bound", codes: ["E_BAD_SIGNATURE"] },
    make(random) {
      const { secretKey } = umbral().keygen(random);
      const domain = trafficDomain(31_337n, "0x" + "ab".repeat(20));
      const request = () => ({
        ...{ policyId: random(32), shareIndex: 1n, capsuleHash: random(32), requestId: random(32), requestTime: 7n },
      });
      const message = request();
      return {
        bytes: signTypedData(secretKey, domain, REQUEST, message),
        sibling: signTypedData(secretKey, domain, REQUEST, request()),
        value: utf8(signerAddress(secretKey)),
        read: (bytes) => utf8(recoverSigner(domain, REQUEST, message, bytes)),
      };
    },
  },
  {
    ...{ name: "sealed box", kind: "proven", codes: [...PROOF, "E_TAMPERED"] },
    make(random) {
      const engine = umbral();
      const { secretKey, publicKey } = engine.keygen(random);
      return {
        ...twice(() => sealTo(engine, publicKey, random(40), random)),
        read: checking((bytes) => openSealed(engine, secretKey, bytes)),
      };
    },
  },
  ...(["aes-256-gcm", "chacha20-poly1305", "xchacha20-poly1305"] as const).map((aead: AeadName): Parser => ({
    ...{ name: `${aead} ciphertext`, kind: "proven", codes: ["E_TAMPERED"] },
    make(random) {
      const [key, nonce] = [random(32), random(NONCE_LENGTH[aead])];
      const associated = random(20);
      return {
        bytes: seal(aead, key, nonce, random(70), associated),
        sibling: seal(aead, key, random(NONCE_LENGTH[aead]), random(70), associated),
        read: checking((bytes) => open(aead, key, nonce, bytes, associated)),
      };
    },
  })),
  {
    ...{ name: "secretbox", kind: "proven", codes: ["E_TAMPERED"] },
    make(random) {
      const [key, nonce] = [random(32), random(24)];
      return {
        ...{ bytes: sealSecretbox(key, nonce, random(70)), sibling: sealSecretbox(key, random(24), random(70)) },
        read: checking((bytes) => openSecretbox(key, nonce, bytes)),
      };
    },
  },
  {
    ...{ name: "stream of one chunk", kind: "proven", codes: ["E_TAMPERED", "E_TRUNCATED"] },
    make(random) {
      const key = random(32);
      return {
        bytes: encryptBytes("aes-256-gcm", key, random(90)),
        sibling: encryptBytes("aes-256-gcm", random(32), random(90)),
        read: checking((bytes) => decryptBytes("aes-256-gcm", key, bytes)),
      };
    },
  },
  {
    ...{ name: "key commitment", kind: "proven", codes: ["E_TAMPERED"] },
    make(random) {
      const [dek, header] = [random(32), random(32)];
      return {
        ...{ bytes: deriveFileKeys(dek, header).commitment, sibling: deriveFileKeys(random(32), header).commitment },
        read: checking((bytes) => openFileKeys(dek, header, bytes)),
      };
    },
  },
  {
    ...{ name: "package header", kind: "proven", codes: [...ENCODING, "E_TAMPERED"] },
    make(random) {
      const key = random(32);
      const content = () => ({ tail: random(32), root: random(32), length: 123_456 });
      return {
        bytes: sealPackage({ content: content(), rotation: 3, layerBlocks: 843 }, key),
        sibling: sealPackage({ content: content(), rotation: 4, layerBlocks: 843 }, random(32)),
        read: checking((bytes) => openPackage(bytes, key)),
      };
    },
  },
];

/** The object format of protocol. */
const objectParsers: Parser[] = [
  {
    ...{ name: "object", kind: "proven", codes: [...PROOF, "E_TAMPERED", "E_TRUNCATED"] },
    make(random) {
      const engine = umbral();
      const [owner, signing] = [engine.keygen(random), engine.keygen(random)];
      const options = { engine, pathPublicKey: owner.publicKey, signing, suite: "chacha20-poly1305", random } as const;
      return {
        ...twice(() => sealObject(random(30), options)),
        read: checking((bytes) => {
          const split = splitEdek(bytes);
          return openObject(split, openSealed(engine, owner.secretKey, split.edek));
        }),
      };
    },
  },
  {
    ...{ name: "object header", kind: "plain", codes: [...ENCODING, "E_TRUNCATED"] },
    make(random) {
      const engine = umbral();
      const suites = ["chacha20-poly1305", "aes-256-gcm"] as const;
      const [bytes, sibling] = suites.map((suite) => {
        const pathPublicKey = engine.keygen(random).publicKey;
        return encodeHeader({ engine: "umbral", suite, pathPublicKey, edek: random(170), commitment: random(32) });
      });
      const requireNoBody = (length: number) => {
        if (length > 0) throw new NkmsError("E_BAD_ENCODING", "A header is followed by something.");
      };
      return {
        ...{ bytes, sibling },
        read(changed) {
          const { header, ciphertext } = splitEdek(changed);
          requireNoBody(ciphertext.length);
          return encodeHeader(header);
        },
      };
    },
  },
];

/** Objects that only one engine has. */
const specialParsers: Parser[] = [
  {
    ...{ name: "bbs98 capsule after two hops", kind: "proven", codes: PROOF },
    make(random) {
      const engine = bbs98();
      const holders = Array.from({ length: 3 }, () => engine.keygen(random));
      const hops = [0, 1].map((from) => engine.hopKey(holders[from].secretKey, holders[from + 1].secretKey, random));
      const points = hops.map(({ point }) => point);
      const { publicKey } = holders[0];
      return {
        ...twice(() =>
          hops.reduce((turned, { key }) => engine.hop(key, turned), engine.encapsulate(publicKey, random).capsule),
        ),
        read: checking((bytes) => engine.verifyHops(bytes, points)),
      };
    },
  },
  {
    ...{ name: "afgh public key", kind: "proven", codes: PROOF, slow: true },
    async make(random) {
      const engine = await fastAfgh();
      const [one, other] = [engine.keygen(random), engine.keygen(random)];
      return {
        ...{ bytes: one.publicKey, sibling: other.publicKey },
        read: checking((bytes) => engine.encapsulate(bytes, random)),
      };
    },
  },
  {
    ...{ name: "afgh first-level capsule", kind: "bound", codes: ENCODING, slow: true },
    async make(random) {
      const engine = await fastAfgh();
      const { secretKey, publicKey } = engine.keygen(random);
      const { capsule, key } = engine.encapsulateFirstLevel(publicKey, random);
      return {
        ...{ bytes: capsule, sibling: engine.encapsulateFirstLevel(publicKey, random).capsule, value: key },
        read: (bytes) => engine.decapsulateFirstLevel(secretKey, bytes),
      };
    },
  },
  {
    ...{ name: "lwe-1024 public key", kind: "plain", codes: ENCODING, slow: true },
    make(random) {
      const ring = new Ring(LWE_1024.degree, LWE_1024.primes);
      return {
        ...twice(() => lwe().keygen(random).publicKey),
        read: (bytes) => ring.encode(ring.decode("publicKey", bytes)),
      };
    },
  },
  {
    ...{ name: "ntru-1087 polynomial", kind: "plain", codes: ENCODING, slow: true },
    make: (random) => ({
      ...twice(() => ntru().keygen(random).publicKey),
      read: (bytes) => pack(unpack("publicKey", bytes, 1087, 11, 2048), 11),
    }),
  },
  ...[() => lwe(), () => ntru()].map((load): Parser => turnedLatticeCapsule(load)),
];

/** A capsule turned once, which its second holder opens. */
function turnedLatticeCapsule(load: () => LatticeEngine): Parser {
  return {
    ...{ name: `${load().properties.name} capsule after a hop`, kind: "proven", codes: [...PROOF, "E_TAMPERED"] },
    slow: true,
    make(random) {
      const engine = load();
      const { owner, recipient, split } = makeScope(engine, random);
      const [{ kfrag }] = split(1, 1);
      return {
        ...twice(() => engine.hop(kfrag, engine.encapsulate(owner.publicKey, random).capsule)),
        read: checking((bytes) => engine.decapsulateTurned(recipient.secretKey, owner.publicKey, bytes)),
      };
    },
  };
}

async function fastAfgh() {
  return afgh((await pairings()).at(-1));
}

const PARSERS: readonly Parser[] = [
  ...plainParsers,
  ...symmetricParsers,
  ...objectParsers,
  ...engineParsers({ name: "umbral", threshold: 2, codes: ["E_BAD_SIGNATURE"], load: () => umbral() }),
  ...packedParsers,
  ...engineParsers({ name: "ecies", threshold: 2, load: () => ecies() }),
  ...engineParsers({ name: "bbs98", threshold: 2, load: () => bbs98() }),
  ...specialParsers,
  ...engineParsers({
    name: "afgh",
    threshold: 2,
    codes: ["E_WRONG_KEY", "E_BAD_SIGNATURE"],
    slow: true,
    load: fastAfgh,
  }),
  ...engineParsers({
    name: "lwe-1024",
    threshold: 1,
    codes: ["E_TAMPERED"],
    slow: true,
    opens: true,
    load: () => lwe(),
  }),
  ...engineParsers({
    name: "ntru-1087",
    threshold: 1,
    codes: ["E_TAMPERED"],
    slow: true,
    opens: true,
    load: () => ntru(),
  }),
];

const slowCount = PARSERS.filter(({ slow }) => slow).length;
const FAST_MUTANTS = DEEP ? Math.ceil((DEEP_MUTANTS - slowCount * SLOW_MUTANTS) / (PARSERS.length - slowCount)) : 100;

/** What became of changed objects. */
interface Tally {
  refused: number;
  others: number;
}

/** Whether the changed bytes were refused, or read as another object; fails if neither is as it should be. */
function outcome({ kind, codes, name }: Parser, { read, value }: Sample, changed: Uint8Array): keyof Tally {
  let got: Uint8Array;
  try {
    got = read(changed);
  } catch (error) {
    if (error instanceof NkmsError && codes.includes(error.code)) return "refused";
    throw error;
  }
  if (kind === "plain" && equalBytes(got, changed)) return "others";
  if (kind === "bound" && !equalBytes(got, value!)) return "others";
  throw new Error(`${name}: accepted ${toHex(changed).slice(0, 2_000)}`);
}

function* everyBit(bytes: Uint8Array, most: number): Generator<Uint8Array> {
  const step = Math.ceil((8 * bytes.length) / most) | 1;
  for (let bit = 0; bit < 8 * bytes.length; bit += step) yield flipBit(bytes, bit);
}

function* cuts(bytes: Uint8Array, most: number): Generator<Uint8Array> {
  const step = Math.max(1, Math.ceil(bytes.length / most));
  for (let length = bytes.length - 1; length >= 0; length -= step) yield bytes.slice(0, length);
  yield bytes.slice(1);
}

function* extensions(bytes: Uint8Array, sibling: Uint8Array, random: RandomSource): Generator<Uint8Array> {
  for (const added of [Uint8Array.of(0), Uint8Array.of(1), random(1), new Uint8Array(32), random(33), bytes, sibling]) {
    yield concat(bytes, added);
  }
  yield concat(Uint8Array.of(0), bytes);
}

describe(`parsers, seed ${SEED}`, function () {
  if (DEEP) this.timeout(600_000);

  it("are asked about 20 canonical objects or more, and under NKMS_DEEP about a million mutants", () => {
    expect(PARSERS.filter(({ slow }) => !slow)).to.have.length.of.at.least(20);
    expect(new Set(PARSERS.map(({ name }) => name)).size).to.equal(PARSERS.length);
    const mutantCount = slowCount * SLOW_MUTANTS + (PARSERS.length - slowCount) * FAST_MUTANTS;
    if (DEEP) expect(mutantCount).to.be.at.least(DEEP_MUTANTS);
  });

  for (const parser of PARSERS) {
    it(parser.name, async function () {
      const random = seededRandom(`${SEED} ${parser.name}`);
      const sample = await parser.make(random);
      const { bytes, sibling, read, value } = sample;
      for (const valid of [bytes, ...(parser.kind === "plain" ? [sibling] : [])]) {
        const got = read(valid);
        if (parser.kind !== "proven") expect(got).to.deep.equal(value ?? valid);
      }
      const tally: Tally = { refused: 0, others: 0 };
      const count = (changes: Iterable<Uint8Array>, mayRead = true) => {
        let changed = 0;
        for (const bytesNow of changes) {
          const what = outcome(parser, sample, bytesNow);
          if (!mayRead) expect(what, `${bytesNow.length} bytes`).to.equal("refused");
          tally[what]++;
          changed++;
        }
        return changed.toLocaleString("en");
      };
      const flips = count(everyBit(bytes, parser.slow ? SLOW_FLIPS : FAST_FLIPS));
      const shorter = count(cuts(bytes, parser.slow ? SLOW_CUTS : Infinity), false);
      const longer = count(extensions(bytes, sibling, random), false);
      const mutated = count(mutants(bytes, sibling, parser.slow ? SLOW_MUTANTS : FAST_MUTANTS, random));
      this.test!.title =
        `${parser.name}, ${parser.kind}: ${flips} flipped bits, ${shorter} cuts, ${longer} extensions, ${mutated} mutants; ` +
        `${tally.refused.toLocaleString("en")} refused, ${tally.others.toLocaleString("en")} read as others`;
    });
  }
});
