/** What lattice engines have to refuse. Their valid calls follow from the seed of test/vectors/<engine>.json. */
import { keccak_256 } from "@noble/hashes/sha3.js";

import type { LatticeEngine } from "../../../src/crypto/engine";
import { umbral } from "../../../src/crypto/umbral";
import { makeLatticeObjects } from "../lattices";
import { commitments, points } from "./curve";
import { Argument, type InvalidTest, proof, together } from "./kit";

/** root 32 ‖ salt 32 ‖ a seed 32, then the polynomials of a re-encryption key. */
const BODY_START = 64;
const KEY_START = 96;
const BINDING_LENGTH = 32;
const ALL_ONES = Uint8Array.of(255, 255, 255, 255);

const encoding = (comment: string, field: string) => ({ comment, code: "E_BAD_ENCODING", field });
const tampered = (comment: string, field: string) => ({ comment, code: "E_TAMPERED", field });

/** The arguments of the valid calls. The key that signs nothing here is the recipient's, read as one of secp256k1. */
export function latticeArguments(engine: LatticeEngine): Record<string, Uint8Array> {
  const { owner, recipient, capsule, kfrag, commitment, cfrag, turned } = makeLatticeObjects(engine);
  return {
    ...{ secretKey: owner.secretKey, publicKey: owner.publicKey, capsule, kfrag, cfrag, turned },
    ...{ "commitment.digest": commitment.digest, "commitment.point": commitment.point },
    ...{ ownerPublicKey: owner.publicKey, recipientPublicKey: recipient.publicKey },
    ...{ signerPublicKey: umbral().publicKeyOf(recipient.secretKey), recipientSecretKey: recipient.secretKey },
  };
}

/**
 * A polynomial from a place on that is none: of ring-LWE with a first coefficient of 2^26 - 1, where q is less; of NTRU, where every 11 bits are a
 * coefficient, with a bit set after the last.
 */
function polynomial({ properties }: LatticeEngine, argument: Argument, at: number, end: number, field: string) {
  if (properties.name.startsWith("lwe"))
    return argument.with(at, ALL_ONES, encoding(`${field}: a coefficient of q or more`, field));
  const last = Uint8Array.of(argument.bytes[end - 1] | 0x80);
  return argument.with(end - 1, last, encoding(`${field}: a bit after the last coefficient`, field));
}

function keys(engine: LatticeEngine, valid: Record<string, Uint8Array>): InvalidTest[] {
  const secretKey = new Argument("publicKeyOf", "secretKey", valid.secretKey);
  const publicKey = new Argument("encapsulate", "publicKey", valid.publicKey);
  const { length } = valid.publicKey;
  const isNtru = engine.properties.name.startsWith("ntru");
  const sum = encoding("h(1) is not 3", "publicKey");
  return [
    ...[...secretKey.lengths(), ...publicKey.lengths()],
    polynomial(engine, publicKey, 0, length, "publicKey"),
    ...(isNtru ? [publicKey.flipped(0, sum)] : []),
  ];
}

/** ciphertext ‖ commitment 32. */
function capsules(engine: LatticeEngine, valid: Record<string, Uint8Array>): InvalidTest[] {
  const capsule = new Argument("verifyCapsule", "capsule", valid.capsule);
  const opened = new Argument("decapsulate", "capsule", valid.capsule);
  const end = valid.capsule.length - 32;
  return [
    ...capsule.lengths(),
    polynomial(engine, capsule, 0, end, "capsule"),
    opened.flipped(0, tampered("the lowest bit of a coefficient, far below the noise", "capsule")),
    opened.flipped(end, tampered("the commitment is another", "capsule")),
    new Argument("decapsulate", "secretKey", valid.secretKey).flipped(0, tampered("another secret key", "capsule")),
  ];
}

/** capsule ‖ hops 1 ‖ ciphertext ‖ binding 32. */
function turnedCapsules(engine: LatticeEngine, valid: Record<string, Uint8Array>): InvalidTest[] {
  const turned = new Argument("decapsulateTurned", "turned", valid.turned);
  const origin = new Argument("decapsulateTurned", "ownerPublicKey", valid.ownerPublicKey);
  const hopsAt = valid.capsule.length;
  const binding = proof("binding", "capsule");
  const { maxHops } = engine.properties;
  const tooMany = encoding(`turned ${maxHops + 1} times`, "capsule.hops");
  return [
    ...turned.lengths("capsule"),
    turned.with(hopsAt, Uint8Array.of(0), encoding("turned 0 times", "capsule.hops")),
    ...(maxHops < 255 ? [turned.with(hopsAt, Uint8Array.of(maxHops + 1), tooMany)] : []),
    polynomial(engine, turned, hopsAt + 1, valid.turned.length - BINDING_LENGTH, "capsule"),
    turned.flipped(hopsAt + 1, { ...binding, comment: "the lowest bit of a coefficient, far below the noise" }),
    turned.flipped(valid.turned.length - 1, { ...binding, comment: "the binding is another" }),
    origin.instead(valid.recipientPublicKey, tampered("opened for another first holder", "capsule")),
  ];
}

/** root 32 ‖ salt 32 ‖ seed 32 ‖ polynomials. */
function fractions(engine: LatticeEngine, valid: Record<string, Uint8Array>): InvalidTest[] {
  const kfrag = new Argument("verifyFraction", "kfrag", valid.kfrag);
  const signer = new Argument("verifyFraction", "signerPublicKey", valid.signerPublicKey);
  const malformed = polynomial(engine, kfrag, KEY_START, valid.kfrag.length, "kfrag");
  return [
    ...[...signer.lengths(), ...points(signer, 0, "signerPublicKey"), ...kfrag.lengths()],
    kfrag.flipped(0, proof("the root is another", "kfrag")),
    kfrag.flipped(BODY_START, proof("the seed is another", "kfrag")),
    kfrag.flipped(KEY_START, proof("a coefficient is another", "kfrag")),
    together(malformed, kfrag.with(0, rootOf(kfrag, malformed), encoding("under the root of this key", "kfrag"))),
  ];
}

/** The root of a kfrag in which bytes of the body are others. */
function rootOf({ bytes }: Argument, { changes: [{ at, bytes: others }] }: InvalidTest): Uint8Array {
  const body = Uint8Array.from(bytes);
  body.set(Buffer.from(others.slice(2), "hex"), at);
  return keccak_256(body.subarray(BODY_START));
}

/** hops 1 ‖ ciphertext ‖ binding 32. */
function answers(engine: LatticeEngine, valid: Record<string, Uint8Array>): InvalidTest[] {
  const cfrag = new Argument("verify", "cfrag", valid.cfrag);
  const capsule = new Argument("verify", "capsule", valid.capsule);
  const { maxHops } = engine.properties;
  const second = maxHops > 1 ? proof("a second hop", "cfrag") : encoding("a second hop", "cfrag.hops");
  return [
    ...[...commitments(valid), ...cfrag.lengths()],
    cfrag.with(0, Uint8Array.of(0), encoding("no hop", "cfrag.hops")),
    cfrag.with(0, Uint8Array.of(2), second),
    polynomial(engine, cfrag, 1, valid.cfrag.length - BINDING_LENGTH, "cfrag"),
    cfrag.flipped(1, proof("the lowest bit of a coefficient, far below the noise", "cfrag")),
    cfrag.flipped(valid.cfrag.length - 1, proof("the binding is another", "cfrag")),
    capsule.flipped(0, proof("the answer to another capsule", "cfrag")),
  ];
}

export function latticeTests(engine: LatticeEngine): InvalidTest[] {
  const valid = latticeArguments(engine);
  return [
    ...[...keys(engine, valid), ...capsules(engine, valid), ...turnedCapsules(engine, valid)],
    ...[...fractions(engine, valid), ...answers(engine, valid)],
  ];
}
