/** Finds out by running it what an engine can do. Nothing here reads `engine.properties` but the name. */
import { secp256k1 } from "@noble/curves/secp256k1.js";

import { equalBytes } from "../../src/bytes";
import type { Engine, EngineProperties, KeyPair, MultiHopEngine, RandomSource } from "../../src/crypto/engine";
import { toBigInt } from "../../src/crypto/scalar";
import { NkmsError } from "../../src/errors";
import { attacksOn, type Loot } from "./attacks";

/** Properties as seen, and lengths in bytes with threshold 1. On-chain checks need a chain and have tests of their own. */
export interface Observed extends Omit<EngineProperties, "onChainVerifiable"> {
  /** Equal requests get equal answers. */
  readonly deterministic: boolean;
  readonly publicKeyBytes: number;
  readonly capsuleBytes: number;
  readonly kfragBytes: number;
  readonly cfragBytes: number;
  /** Keys that did not come out right, of `ROUNDS` fresh ones. */
  readonly failures: number;
}

export const ROUNDS = 20;

function refusal(call: () => unknown): string | undefined {
  try {
    call();
    return undefined;
  } catch (error) {
    if (error instanceof NkmsError) return error.code;
    throw error;
  }
}

/** One owner, recipient and signer on an engine. */
class Scene {
  readonly owner: KeyPair;
  readonly recipient: KeyPair;
  readonly signer: KeyPair;

  constructor(
    readonly engine: Engine,
    readonly random: RandomSource,
    readonly interactive: boolean,
  ) {
    [this.owner, this.recipient, this.signer] = [engine.keygen(random), engine.keygen(random), engine.keygen(random)];
  }

  get keys() {
    return {
      ownerPublicKey: this.owner.publicKey,
      recipientPublicKey: this.recipient.publicKey,
      signerPublicKey: this.signer.publicKey,
    };
  }

  split(threshold: number, shares: number) {
    const request = {
      ownerSecretKey: this.owner.secretKey,
      recipientPublicKey: this.recipient.publicKey,
      signerSecretKey: this.signer.secretKey,
      threshold,
      shares,
    };
    const secret = this.interactive ? { recipientSecretKey: this.recipient.secretKey } : {};
    return this.engine.rekey({ ...request, ...secret }, this.random);
  }

  /** The key a recipient gets out of the first `used` answers of a split. */
  read(capsule: Uint8Array, threshold: number, shares: number, used: number): Uint8Array {
    const answers = this.split(threshold, shares)
      .slice(0, used)
      .map(({ kfrag, commitment }) => {
        const cfrag = this.engine.reencrypt(kfrag, capsule, this.random);
        return this.engine.verify(cfrag, { capsule, commitment, ...this.keys });
      });
    return this.engine.combine(this.recipient.secretKey, this.owner.publicKey, capsule, answers);
  }

  loot(): Loot {
    const [{ kfrag }] = this.split(1, 1);
    const { engine, recipient, owner } = this;
    return { engine, kfrag, ownerPublicKey: owner.publicKey, recipient };
  }
}

function isInteractive(engine: Engine, random: RandomSource): boolean {
  const code = refusal(() => new Scene(engine, random, false).split(1, 1));
  if (code !== undefined && code !== "E_INTERACTIVE") throw new NkmsError(code, "Rekeying failed for another reason.");
  return code === "E_INTERACTIVE";
}

/** Whether a scalar turns the recipient's points into the owner's: x*E for E = r*G, opened by a, would be b*E. */
function turnsBack({ recipient, ownerPublicKey }: Loot, scalar: Uint8Array | undefined): boolean {
  if (!scalar) return false;
  const turned = secp256k1.Point.fromBytes(ownerPublicKey).multiply(toBigInt(scalar));
  return equalBytes(turned.toBytes(true), recipient.publicKey);
}

/** Turns a capsule and its turned forms again until something refuses. */
function countHops(scene: Scene): number {
  const { engine, random } = scene;
  let { capsule } = engine.encapsulate(scene.owner.publicKey, random);
  const multiHop = engine as MultiHopEngine;
  if (!multiHop.hopKey) {
    const [{ kfrag }] = scene.split(1, 1);
    const cfrag = engine.reencrypt(kfrag, capsule, random);
    const again = refusal(() => engine.reencrypt(kfrag, cfrag.slice(0, engine.capsuleLength), random));
    return again === undefined ? Infinity : 1;
  }
  const { key } = multiHop.hopKey(scene.owner.secretKey, scene.recipient.secretKey, random);
  for (let hops = 0; ; hops++) {
    if (refusal(() => (capsule = multiHop.hop(key, capsule))) !== undefined) return hops;
  }
}

function detectsWrongAnswers(scene: Scene): boolean {
  const [first, second] = [0, 1].map(() => scene.engine.encapsulate(scene.owner.publicKey, scene.random).capsule);
  const [{ kfrag, commitment }] = scene.split(1, 1);
  const wrong = scene.engine.reencrypt(kfrag, first, scene.random);
  return refusal(() => scene.engine.verify(wrong, { capsule: second, commitment, ...scene.keys })) === "E_BAD_PROOF";
}

function namesItsKeys(scene: Scene): boolean {
  const attacks = attacksOn(scene.engine.properties.name, scene.signer.publicKey);
  const loot = scene.loot();
  const stranger = scene.engine.keygen(scene.random).publicKey;
  const { owner, recipient } = scene;
  return (
    attacks.links(loot, owner.publicKey, recipient.publicKey) && !attacks.links(loot, stranger, recipient.publicKey)
  );
}

function countFailures(scene: Scene): number {
  const wrong = Array.from({ length: ROUNDS }, () => scene.engine.encapsulate(scene.owner.publicKey, scene.random));
  return wrong.filter(({ capsule, key }) => !equalBytes(scene.read(capsule, 2, 3, 2), key)).length;
}

/** Everything that can be seen of an engine. */
export function observe(engine: Engine, random: RandomSource): Observed {
  const interactive = isInteractive(engine, random);
  const scene = new Scene(engine, random, interactive);
  const attacks = attacksOn(engine.properties.name, scene.signer.publicKey);
  const loot = scene.loot();
  const { capsule, key } = engine.encapsulate(scene.owner.publicKey, random);
  const cfrags = [0, 1].map(() => engine.reencrypt(loot.kfrag, capsule, random));
  const opens = equalBytes(scene.read(capsule, 2, 3, 2), key);
  return {
    name: engine.properties.name,
    interactive,
    unidirectional: !turnsBack(loot, attacks.reverse(loot)),
    maxHops: countHops(scene),
    collusionResistant: !equalBytes(attacks.collude(loot), scene.owner.secretKey),
    keyPrivate: !namesItsKeys(scene),
    threshold: opens && refusal(() => scene.read(capsule, 2, 3, 1)) === "E_NOT_ENOUGH_SHARES",
    verifiable: detectsWrongAnswers(scene),
    deterministic: equalBytes(cfrags[0], cfrags[1]),
    publicKeyBytes: scene.owner.publicKey.length,
    capsuleBytes: capsule.length,
    kfragBytes: loot.kfrag.length,
    cfragBytes: cfrags[0].length,
    failures: countFailures(scene),
  };
}
