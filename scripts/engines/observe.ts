/** Finds out by running it what an engine can do. Nothing here reads `engine.properties` but the name. */
import { secp256k1 } from "@noble/curves/secp256k1.js";

import { equalBytes } from "../../src/bytes";
import type {
  Encapsulation,
  Engine,
  EngineProperties,
  LevelledEngine,
  MultiHopEngine,
  RandomSource,
} from "../../src/crypto/engine";
import { toBigInt } from "../../src/crypto/scalar";
import { NkmsError } from "../../src/errors";
import type { Attacks, Loot, Node } from "./attack";
import { attacksOn } from "./attacks";
import { convincesContract, whoDetects } from "./lies";
import { namesItsKeys } from "./naming";
import type { Precompile } from "./onChain";
import { isLattice, refusal, Scene } from "./scene";

/** Properties as seen, and lengths in bytes with threshold 1. What bounds the number of answers is no more than shown to be nothing by an attack. */
export interface Observed extends Omit<EngineProperties, "maxAnswers"> {
  /** Recipient and nodes open every capsule that nodes may turn, whether or not they have the owner's secret. */
  readonly colludersRead: boolean;
  /** Answers to capsules of his choice that gave the recipient what collusion gives; undefined if what is tried does not work. */
  readonly chosenAnswers?: number;
  /** The same of capsules that were made as they should be; undefined if nothing is known to try. */
  readonly honestAnswers?: number;
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

function isInteractive(engine: Engine, random: RandomSource): boolean {
  const code = refusal(() => new Scene(engine, random, false).split(1, 1));
  if (code !== undefined && code !== "E_INTERACTIVE") throw new NkmsError(code, "Rekeying failed for another reason.");
  return code === "E_INTERACTIVE";
}

/** Whether a candidate turns the recipient's capsules into the owner's: a kfrag by doing so, a scalar x by x*pk_A = pk_B. */
function turnsBack(scene: Scene, candidate: Uint8Array): boolean {
  const { engine, owner, recipient } = scene;
  if (candidate.length === 32) {
    const turned = secp256k1.Point.fromBytes(owner.publicKey).multiply(toBigInt(candidate));
    return equalBytes(turned.toBytes(true), recipient.publicKey);
  }
  const back = scene.reversed();
  const { capsule, key } = back.encapsulate();
  let opened = key;
  const code = refusal(() => {
    const commitment = engine.verifyFraction(candidate, back.keys);
    opened = back.readWith([{ kfrag: candidate, commitment }], capsule);
  });
  return code === undefined && equalBytes(opened, key);
}

/** Whether some candidate turns back; a key that the recipient makes himself shows that it would be seen. */
function isReversible(scene: Scene, candidates: readonly Uint8Array[]): boolean {
  const [{ kfrag }] = scene.reversed().split(1, 1);
  if (!turnsBack(scene, kfrag)) {
    throw new NkmsError("E_UNDETECTED", "A key that turns back was not seen to.");
  }
  return candidates.some((candidate) => turnsBack(scene, candidate));
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
  let { capsule } = scene.encapsulate();
  for (let hops = 0; ; hops++) {
    if (refusal(() => (capsule = hop(capsule))) !== undefined) return hops;
  }
}

function countFailures(scene: Scene, rounds: number): number {
  const made = Array.from({ length: rounds }, () => scene.encapsulate());
  const m = scene.threshold;
  return made.filter(({ capsule, key }) => !equalBytes(scene.read(capsule, m, m + 1, m), key)).length;
}

/** m-1 answers do not open what m do. */
function hasThreshold(scene: Scene): boolean {
  if (scene.threshold === 1) return false;
  const { capsule, key } = scene.encapsulate();
  const opens = equalBytes(scene.read(capsule, 2, 3, 2), key);
  return opens && refusal(() => scene.read(capsule, 2, 3, 1)) === "E_NOT_ENOUGH_SHARES";
}

/** Whether what colluders got opens a capsule: as the owner's secret key, or by what else it can do. */
function opens(attacks: Attacks, loot: Loot, got: Uint8Array, { capsule, key }: Encapsulation): boolean {
  const keys = attacks.open?.(got, loot, capsule) ?? [];
  return keys.some((one) => equalBytes(one, key));
}

/** What recipient and node get together: whether it is as good as the owner's secret, and whether it opens what nodes may turn. */
function collude(scene: Scene, attacks: Attacks, loot: Loot) {
  const got = attacks.collude(loot);
  const secret = attacks.secretOf?.(scene.owner.secretKey) ?? scene.owner.secretKey;
  const isSecret = equalBytes(got, secret);
  const levelled = scene.engine as Partial<LevelledEngine>;
  const forOwner = levelled.encapsulateFirstLevel?.(scene.owner.publicKey, scene.random);
  return {
    got,
    isSecret: isSecret || (forOwner !== undefined && opens(attacks, loot, got, forOwner)),
    reads: isSecret || opens(attacks, loot, got, scene.encapsulate()),
  };
}

/** How many answers an attack asked for, if it gave what collusion gives. */
function answersUntil(loot: Loot, got: Uint8Array, attack: (node: Node) => Uint8Array[]): number | undefined {
  let asked = 0;
  const found = attack((capsule) => {
    asked++;
    return loot.engine.reencrypt(loot.kfrag, capsule, loot.random);
  });
  return found.some((candidate) => equalBytes(candidate, got)) ? asked : undefined;
}

/** Everything that can be seen of an engine. */
export async function observe(
  engine: Engine,
  random: RandomSource,
  precompile: Precompile,
  rounds = ROUNDS,
): Promise<Observed> {
  const interactive = isInteractive(engine, random);
  const scene = new Scene(engine, random, interactive);
  const attacks = attacksOn(engine.properties.name, scene.signer.publicKey);
  const loot = scene.loot();
  const { capsule } = scene.encapsulate();
  const cfrags = [0, 1].map(() => engine.reencrypt(loot.kfrag, capsule, random));
  const maxHops = countHops(scene);
  const verifiable = whoDetects(scene, attacks);
  const collusion = collude(scene, attacks, loot);
  const { wait } = attacks;
  return {
    name: engine.properties.name,
    interactive,
    unidirectional: !isReversible(scene, attacks.reverse(loot)),
    maxHops,
    collusionResistant: !collusion.isSecret,
    colludersRead: collusion.reads,
    chosenAnswers: answersUntil(loot, collusion.got, (node) => attacks.choose(loot, node)),
    honestAnswers: wait && answersUntil(loot, collusion.got, (node) => [wait(loot, node)]),
    keyPrivate: !namesItsKeys(scene, attacks),
    threshold: hasThreshold(scene),
    verifiable,
    onChainVerifiable: verifiable === "by anyone" && (await convincesContract(scene, attacks, precompile)),
    failureLog2: isLattice(engine) ? engine.failureLog2(maxHops) : -Infinity,
    deterministic: equalBytes(cfrags[0], cfrags[1]),
    publicKeyBytes: scene.owner.publicKey.length,
    capsuleBytes: capsule.length,
    kfragBytes: loot.kfrag.length,
    cfragBytes: cfrags[0].length,
    failures: countFailures(scene, rounds),
  };
}
