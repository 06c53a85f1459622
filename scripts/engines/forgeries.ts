/**
 * Wrong answers by a node of a curve engine, made from nothing but its key and the capsule. A proof of several equations is only as good as each of
 * them, so there is one lie for each, of which all others hold.
 */
import { bls12_381 } from "@noble/curves/bls12-381.js";
import { secp256k1 } from "@noble/curves/secp256k1.js";

import { concat } from "../../src/bytes";
import { nobleBackend } from "../../src/crypto/backendNoble";
import { schemeNamed } from "../../src/crypto/ecies/scheme";
import type { RandomSource } from "../../src/crypto/engine";
import { fromBigInt, toBigInt } from "../../src/crypto/scalar";
import { decodeCFrag, encodeCFrag, proofChallenge } from "../../src/crypto/umbral/cfrag";
import { U } from "../../src/crypto/umbral/params";
import type { Forgery, Loot } from "./attack";
import { answerChallenge } from "./onChain";

const { Point } = secp256k1;
const { Fn } = Point;
const { G1, G2 } = bls12_381;
const { Fr } = bls12_381.fields;
type CurvePoint = typeof Point.BASE;

/** What a node has. */
type Held = Pick<Loot, "engine" | "kfrag" | "ownerPublicKey" | "random">;

const scalarOf = (random: RandomSource) => toBigInt(random(31));

/** P_j and T_j of a proof z*B_j = T_j + h*P_j, encoded. */
interface Statement {
  readonly products: readonly Uint8Array[];
  readonly nonces: readonly Uint8Array[];
}

/**
 * One lie for each equation z*B_j = T_j + h*P_j, in order of the bases: P_j of another key than the proof. Of the last base P_j is what the policy
 * commits to, so there it is the proof and all other products that are of another key.
 */
function proofLies(
  bases: readonly CurvePoint[],
  key: bigint,
  nonce: bigint,
  challenge: (statement: Statement) => bigint,
): (Statement & { z: Uint8Array })[] {
  const committed = bases.length - 1;
  const other = Fn.add(key, 1n);
  return bases.map((_, broken) => {
    const proven = broken === committed ? other : key;
    const unproven = broken === committed ? key : other;
    const encoded = (scalarAt: (index: number) => bigint) =>
      bases.map((base, index) => base.multiply(scalarAt(index)).toBytes(true));
    const products = encoded((index) => (index === broken ? unproven : proven));
    const statement = { products, nonces: encoded(() => nonce) };
    return { ...statement, z: fromBigInt(Fn.add(nonce, Fn.mul(challenge(statement), proven))) };
  });
}

/** kfrag = id 32 ‖ rk 32 ‖ ...; the bases are E, V, U. */
export function umbralForgeries({ engine, kfrag, random }: Held, capsule: Uint8Array): Forgery[] {
  const { fields } = decodeCFrag(nobleBackend, engine.reencrypt(kfrag, capsule, random));
  const [e, v] = [capsule.slice(0, 33), capsule.slice(33, 66)];
  const fieldsOf = ({ products: [e1, v1, commitment], nonces: [e2, v2, u2] }: Statement) => ({
    ...{ ...fields, e1, v1, commitment, e2, v2, u2 },
  });
  const bases = [e, v, U].map((point) => Point.fromBytes(point));
  const lies = proofLies(bases, toBigInt(kfrag.slice(32, 64)), scalarOf(random), (statement) =>
    toBigInt(proofChallenge(e, v, fieldsOf(statement))),
  );
  const parts = ["E", "V", "U"].map((base) => `equation z*${base} = ${base}2 + h*${base}1`);
  return lies.map((lie, index) => ({ part: parts[index], cfrag: encodeCFrag({ ...fieldsOf(lie), z: lie.z }) }));
}

/** `ecies` and `bbs98`: kfrag = rk 32 ‖ wrapped, cfrag = E' 33 ‖ R 33 ‖ T1 33 ‖ T2 33 ‖ z 32 ‖ wrapped; the bases are E, G. */
export function turnForgeries({ engine, kfrag, random }: Held, capsule: Uint8Array): Forgery[] {
  const e = capsule.slice(0, 33);
  const scheme = schemeNamed(engine.properties.name);
  const key = toBigInt(kfrag.slice(0, 32));
  const lies = proofLies([Point.fromBytes(e), Point.BASE], key, scalarOf(random), ({ products, nonces }) =>
    toBigInt(scheme.hashTurn(products[1], e, products[0], nonces[1], nonces[0])),
  );
  const parts = ["equation z*E = T2 + h*E'", "equation z*G = T1 + h*R"];
  return lies.map(({ products, nonces, z }, index) => ({
    part: parts[index],
    cfrag: concat(products[0], products[1], nonces[1], nonces[0], z, kfrag.slice(32)),
  }));
}

/**
 * kfrag = rk 96 ‖ wrapped, cfrag = C1 48 ‖ D 96 ‖ C2 48 ‖ h 32 ‖ z 32 ‖ wrapped. The first lie has another D, the others another exponent behind C1
 * (with the D that the pairing asks for) or behind C2, and the proof of the right one.
 */
export function afghForgeries({ kfrag, ownerPublicKey, random }: Held, capsule: Uint8Array): Forgery[] {
  const key = G2.Point.fromBytes(kfrag.slice(0, 96));
  const [x, c] = [ownerPublicKey.slice(0, 48), capsule.slice(48, 96)].map((point) => G1.Point.fromBytes(point));
  const [t, nonce] = [scalarOf(random), scalarOf(random)];
  const lie = (part: string, [first, second]: readonly [bigint, bigint], shift: typeof key) => {
    const [c1, c2] = [x.multiply(first), c.multiply(second)];
    const h = answerChallenge([x, c1, c, c2, x.multiply(nonce), c.multiply(nonce)]);
    const d = key.multiply(Fr.inv(first)).add(shift);
    const scalars = [h, Fr.add(nonce, Fr.mul(h, t))].map(fromBigInt);
    return { part, cfrag: concat(c1.toBytes(true), d.toBytes(true), c2.toBytes(true), ...scalars, kfrag.slice(96)) };
  };
  return [
    lie("equation e(C1, D) = e(Gamma, Y_B)", [t, t], G2.Point.BASE),
    lie("proof of one exponent", [t + 1n, t], G2.Point.ZERO),
    lie("proof of one exponent", [t, t + 1n], G2.Point.ZERO),
  ];
}
