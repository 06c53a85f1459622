/** Whether a node's key tells whose keys it links. */
import { sha256 } from "@noble/hashes/sha2.js";
import { keccak_256 } from "@noble/hashes/sha3.js";

import type { Attacks, Loot } from "./attack";
import { runsOf } from "./relations";
import type { Scene } from "./scene";

/** All runs of bytes of a key. */
type Runs = ReadonlySet<string>;

/** A public key as it may stand in a key: itself, or a hash of it. */
const formsOf = (publicKey: Uint8Array) => [publicKey, keccak_256(publicKey), sha256(publicKey)];

/** Whether something in the key is of this owner or this recipient: it is found with both, and no more with a stranger in the place of one. */
function relates({ owner, recipient }: Scene, strangers: Scene, attacks: Attacks, loot: Loot, own: Runs): boolean {
  const found = (first: Uint8Array, second: Uint8Array) => {
    const runs = [first, second].flatMap(formsOf).flatMap(runsOf);
    return new Set(runs.filter((run) => own.has(run)).concat(attacks.relations(loot, first, second)));
  };
  const exchanged = [
    found(strangers.owner.publicKey, recipient.publicKey),
    found(owner.publicKey, strangers.recipient.publicKey),
  ];
  return [...found(owner.publicKey, recipient.publicKey)].some((one) => exchanged.some((other) => !other.has(one)));
}

/** Whether some part of the key is found again in another key of the same two, and not in one of strangers. */
function recurs(same: Scene, strangers: Scene, attacks: Attacks, { kfrag }: Loot, own: Runs): boolean {
  const found = ({ kfrag: other }: Loot) =>
    runsOf(other)
      .filter((run) => own.has(run))
      .concat(attacks.alike?.(kfrag, other) ?? []);
  const common = new Set(found(strangers.loot()));
  return found(same.loot()).some((part) => !common.has(part));
}

/** Whether a node finds owner or recipient in its key, or knows that another key is of the same two. */
export function namesItsKeys(scene: Scene, attacks: Attacks): boolean {
  const [loot, strangers] = [scene.loot(), scene.strangers()];
  const own = new Set(runsOf(loot.kfrag));
  return relates(scene, strangers, attacks, loot, own) || recurs(scene, strangers, attacks, loot, own);
}
