/**
 * What `afgh` needs of a pairing library on BLS12-381: e from G1 x G2 to GT, all of prime order q. All back-ends give the same bytes.
 *
 * Points are handles of the back-end that made them and must not reach another. They are never the identity when they come from
 * `decodeG1` and `decodeG2`, and where a combination would be the identity E_IDENTITY is thrown. Scalars are bigints in [1, q-1]. Operations marked *secret* are best effort in noble (fixed schedule, but on
 * JavaScript bigints) and take variable time in mcl.
 */
declare const inG1: unique symbol;
declare const inG2: unique symbol;

export interface G1 {
  readonly [inG1]: true;
}

export interface G2 {
  readonly [inG2]: true;
}

export type Pair = readonly [G1, G2];

export interface PairingBackend {
  /** Named in output. */
  readonly name: string;
  readonly g1: G1;
  readonly g2: G2;
  /** The point of a 48-byte compressed encoding, undefined if it is none of the group. The identity may pass. */
  decodeG1(bytes: Uint8Array): G1 | undefined;
  /** The same for 96 bytes. */
  decodeG2(bytes: Uint8Array): G2 | undefined;
  /** 48 bytes compressed. */
  encodeG1(point: G1): Uint8Array;
  /** 96 bytes compressed. */
  encodeG2(point: G2): Uint8Array;
  /** x 48 ‖ y 48. */
  affineG1(point: G1): Uint8Array;
  /** *secret*. */
  multiplyG1(point: G1, scalar: bigint): G1;
  /** *secret*. */
  multiplyG2(point: G2, scalar: bigint): G2;
  /** Sum of scalar_i * point_i in variable time; public values only. Throws E_IDENTITY. */
  combineG1Vartime(points: readonly G1[], scalars: readonly bigint[]): G1;
  /** The product of the pairings, 576 bytes: the twelve coordinates in order of the tower Fp2, Fp6, Fp12, lower degree first. */
  pairingProduct(pairs: readonly Pair[]): Uint8Array;
  /** e(a) = e(b). */
  pairingsEqual(a: Pair, b: Pair): boolean;
}
