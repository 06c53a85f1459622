/** What the attacks on lattice engines share. kfrag = root 32 ‖ salt 32 ‖ body, body = seed 32 ‖ key; capsule = ciphertext ‖ commitment 32. */
import { concat } from "../../src/bytes";
import { bindingOf, makeFractions } from "../../src/crypto/lattice/fraction";
import { osRandom } from "../../src/crypto/random";
import type { Forgery, Loot } from "./attack";

const KEY_START = 96;
const BODY_START = 64;

export const bytesOf = (values: Int32Array) => new Uint8Array(values.slice().buffer);

export const keyOf = (kfrag: Uint8Array) => kfrag.slice(KEY_START);

/** A kfrag like this one with another key in it. */
export function withKey({ kfrag }: Loot, key: Uint8Array): Uint8Array {
  return makeFractions(concat(kfrag.slice(BODY_START, KEY_START), key), 1, osRandom)[0].kfrag;
}

/** The node gives the answer to another capsule, bound to this one. */
export function forgeries(loot: Loot, capsule: Uint8Array): Forgery[] {
  const { engine, kfrag, commitment, ownerPublicKey, random } = loot;
  const other = engine.encapsulate(ownerPublicKey, random).capsule;
  const turn = engine.reencrypt(kfrag, other, random).slice(0, -32);
  const binding = bindingOf(`nkms/v1/${engine.properties.name}/answer`, commitment.digest, capsule, turn);
  return [{ part: "turn", cfrag: concat(turn, binding) }];
}
