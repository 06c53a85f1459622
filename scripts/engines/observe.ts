/** Finds out by running it what an engine can do. Nothing here reads `engine.properties` but the name. */
import { secp256k1 } from "@noble/curves/secp256k1.js";

import { equalBytes } from "../../src/bytes";
import type {
  Engine,
  EngineProperties,
  KeyPair,
  LatticeEngine,
  MultiHopEngine,
  RandomSource,
} from "../../src/crypto/engine";
import { toBigInt } from "../../src/crypto/scalar";
import { NkmsError } from "../../src/errors";
import type { Attacks, Loot } from "./attack";
import { attacksOn } from "./attacks";

/**
 * Properties as seen, and lengths in bytes with threshold 1. On-chain checks need a chain and have tests of their own, as has what bounds the
 * number of answers.
 */
export interface Observed extends Omit<EngineProperties, "onChainVerifiable" | "maxAnswers"> {
  /** Equal requests get equal answers. */
  readonly deterministic: boolean;
  readonly publicKeyBytes: number;
  readonly capsuleBytes: number;
  readonly kfragBytes: number;
  readonly cfragBytes: number;
  /** Keys that did not come out right, of as many fresh ones as there were rounds. */
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

  /** The largest m of m of m+1 that is not refused, 2 or 1. */
  get threshold(): number {
    return refusal(() => this.split(2, 3)) === undefined ? 2 : 1;
  }

  loot(): Loot {
    const [{ kfrag, commitment }] = this.split(1, 1);
    const { engine, recipient, owner } = this;
    return { engine, kfrag, commitment, ownerPublicKey: owner.publicKey, recipient };
  }
}

function isInteractive(engine: Engine, random: RandomSource): boolean {
  const code = refusal(() => new Scene(engine, random, false).split(1, 1));
  if (code !== undefined && code !== "E_INTERACTIVE") throw new NkmsError(code, "Rekeying failed for another reason.");
  return code === "E_INTERACTIVE";
}

function isLattice(engine: Engine): engine is LatticeEngine {
  return "decapsulateTurned" in engine;
}

/** Whether a candidate turns the recipient's capsules into the owner's: a kfrag by doing so, a scalar x by x*pk_A = pk_B. */
function turnsBack(scene: Scene, candidate: Uint8Array | undefined): boolean {
  if (!candidate) return false;
  const { engine, owner, recipient } = scene;
  if (isLattice(engine)) {
    const { capsule } = engine.encapsulate(recipient.publicKey, scene.random);
    const turned = engine.hop(candidate, capsule);
    return refusal(() => engine.decapsulateTurned(owner.secretKey, recipient.publicKey, turned)) === undefined;
  }
  const turned = secp256k1.Point.fromBytes(owner.publicKey).multiply(toBigInt(candidate));
  return equalBytes(turned.toBytes(true), recipient.publicKey);
}

/** The turn of a capsule as a capsule, if the engine has one. */
function hopOf(scene: Scene): (capsule: Uint8Array) => Uint8Array {
  const { engine, random, owner, recipient } = scene;
  const [{ kfrag }] = scene.split(1, 1);
  if (isLattice(engine)) return (capsule) => engine.hop(kfrag, capsule);
  const multiHop = engine as MultiHopEngine;
  if (!multiHop.hopKey) return (capsule) => engine.reencrypt(kfrag, capsule, random).slice(0, engine.capsuleLength);
  const { key } = multiHop.hopKey(owner.secretKey, recipient.secretKey, random);
  return (capsule) => multiHop.hop(key, capsule);
}

/** Turns a capsule and its turned forms again until something refuses. */
function countHops(scene: Scene): number {
  const hop = hopOf(scene);
  let { capsule } = scene.engine.encapsulate(scene.owner.publicKey, scene.random);
  for (let hops = 0; ; hops++) {
    if (refusal(() => (capsule = hop(capsule))) !== undefined) return hops;
  }
}

/** Gives a capsule wrong answers: who refuses them, by the proof or by opening. */
function whoDetects(scene: Scene, attacks: Attacks): Observed["verifiable"] | undefined {
  const { engine, random, owner, recipient } = scene;
  const [first, second] = [0, 1].map(() => engine.encapsulate(owner.publicKey, random).capsule);
  const loot = scene.loot();
  const context = { capsule: second, commitment: loot.commitment, ...scene.keys };
  const verify = (wrong: Uint8Array) => engine.verify(wrong, context);
  if (refusal(() => verify(engine.reencrypt(loot.kfrag, first, random))) !== "E_BAD_PROOF") return undefined;
  if (!attacks.forge) return "by anyone";
  const forged = verify(attacks.forge(loot, second));
  const code = refusal(() => engine.combine(recipient.secretKey, owner.publicKey, second, [forged]));
  return code === "E_TAMPERED" ? "by the recipient" : undefined;
}

function namesItsKeys(scene: Scene, attacks: Attacks): boolean {
  const [loot, other] = [scene.loot(), scene.loot()];
  const { engine, random, interactive, owner, recipient } = scene;
  const strangers = new Scene(engine, random, interactive);
  const named =
    attacks.links(loot, owner.publicKey, recipient.publicKey) &&
    !attacks.links(loot, strangers.owner.publicKey, recipient.publicKey);
  const recognises = (kfrag: Uint8Array) => attacks.recognises?.(loot.kfrag, kfrag) ?? false;
  return named || (recognises(other.kfrag) && !recognises(strangers.loot().kfrag));
}

function countFailures(scene: Scene, rounds: number): number {
  const made = Array.from({ length: rounds }, () => scene.engine.encapsulate(scene.owner.publicKey, scene.random));
  const m = scene.threshold;
  return made.filter(({ capsule, key }) => !equalBytes(scene.read(capsule, m, m + 1, m), key)).length;
}

/** m-1 answers do not open what m do. */
function hasThreshold(scene: Scene): boolean {
  if (scene.threshold === 1) return false;
  const { capsule, key } = scene.engine.encapsulate(scene.owner.publicKey, scene.random);
  const opens = equalBytes(scene.read(capsule, 2, 3, 2), key);
  return opens && refusal(() => scene.read(capsule, 2, 3, 1)) === "E_NOT_ENOUGH_SHARES";
}

/** Everything that can be seen of an engine. */
export function observe(engine: Engine, random: RandomSource, rounds = ROUNDS): Observed {
  const interactive = isInteractive(engine, random);
  const scene = new Scene(engine, random, interactive);
  const attacks = attacksOn(engine.properties.name, scene.signer.publicKey);
  const loot = scene.loot();
  const { capsule } = engine.encapsulate(scene.owner.publicKey, random);
  const cfrags = [0, 1].map(() => engine.reencrypt(loot.kfrag, capsule, random));
  const ownerSecret = attacks.secretOf?.(scene.owner.secretKey) ?? scene.owner.secretKey;
  const maxHops = countHops(scene);
  const verifiable = whoDetects(scene, attacks);
  if (!verifiable) throw new NkmsError("E_UNDETECTED", "A wrong answer opened a capsule.");
  return {
    name: engine.properties.name,
    interactive,
    unidirectional: !turnsBack(scene, attacks.reverse(loot)),
    maxHops,
    collusionResistant: !equalBytes(attacks.collude(loot), ownerSecret),
    keyPrivate: !namesItsKeys(scene, attacks),
    threshold: hasThreshold(scene),
    verifiable,
    failureLog2: isLattice(engine) ? engine.failureLog2(maxHops) : -Infinity,
    deterministic: equalBytes(cfrags[0], cfrags[1]),
    publicKeyBytes: scene.owner.publicKey.length,
    capsuleBytes: capsule.length,
    kfragBytes: loot.kfrag.length,
    cfragBytes: cfrags[0].length,
    failures: countFailures(scene, rounds),
  };
}
