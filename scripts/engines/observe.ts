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

/** More hops than any engine says it has. */
const MOST_HOPS = 256;

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

/** Turns a capsule of the scene's owner into one of its recipient, or what may pass for one. */
function hopOf(scene: Scene, attacks: Attacks): (capsule: Uint8Array) => Uint8Array {
  const { engine, random, owner, recipient } = scene;
  const [{ kfrag }] = scene.split(1, 1);
  if (isLattice(engine)) return (capsule) => engine.hop(kfrag, capsule);
  if (attacks.disguise) {
    return (capsule) => attacks.disguise!(engine.reencrypt(kfrag, capsule, random), capsule, recipient.publicKey);
  }
  const multiHop = engine as MultiHopEngine;
  const { key } = multiHop.hopKey(owner.secretKey, recipient.secretKey, random);
  return (capsule) => multiHop.hop(key, capsule);
}

/** Turns a capsule there and back again until something refuses. Where the turns are capsules, its last holder opens it. */
function countHops(scene: Scene, attacks: Attacks): number {
  const { engine, owner, recipient } = scene;
  const turns = [scene, scene.reversed()].map((one) => hopOf(one, attacks));
  const fresh = scene.encapsulate();
  let { capsule } = fresh;
  let hops = 0;
  while (refusal(() => (capsule = turns[hops % 2](capsule))) === undefined) {
    if (++hops > MOST_HOPS) throw new NkmsError("E_UNDETECTED", "What is no capsule was turned again and again.");
  }
  if (attacks.disguise) return hops;
  const { secretKey } = [owner, recipient][hops % 2];
  const opened = isLattice(engine)
    ? engine.decapsulateTurned(secretKey, owner.publicKey, capsule)
    : engine.decapsulate(secretKey, capsule);
  if (!equalBytes(opened, fresh.key)) throw new NkmsError("E_UNDETECTED", "A turned capsule opened to another key.");
  return hops;
}

function countFailures(scene: Scene, rounds: number): number {
  const made = Array.from({ length: rounds }, () => scene.encapsulate());
  const m = scene.threshold;
  return made.filter(({ capsule, key }) => !equalBytes(scene.read(capsule, m, m + 1, m), key)).length;
}

/** Whether what colluders got opens a capsule: as the owner's secret key, or by what else it can do. */
function opens(attacks: Attacks, loot: Loot, got: Uint8Array, { capsule, key }: Encapsulation): boolean {
  const keys = attacks.open?.(got, loot, capsule) ?? [];
  return keys.some((one) => equalBytes(one, key));
}

/** What recipient and nodes get together: whether it is as good as the owner's secret, and whether it opens what nodes may turn. */
function colludeWith(scene: Scene, attacks: Attacks, loot: Loot) {
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

/** The same of the recipient and the last m nodes of m+1, and whether he gets as much of m-1 of these. */
function collude(scene: Scene, attacks: Attacks) {
  const m = scene.threshold;
  const kfrags = scene.split(m, m + 1).map(({ kfrag }) => kfrag);
  const loot = scene.loot();
  const colluding = (some: readonly Uint8Array[]) =>
    colludeWith(scene, attacks, { ...loot, kfrag: attacks.join?.(some, loot) ?? some[0] });
  const enough = colluding(kfrags.slice(1));
  const fewer = m > 1 ? colluding(kfrags.slice(2)) : undefined;
  return { ...enough, fewerRead: fewer?.reads };
}

/** m answers open what m-1 do not, nor m-1 nodes with the recipient. */
function hasThreshold(scene: Scene, { reads, fewerRead }: ReturnType<typeof collude>): boolean {
  const m = scene.threshold;
  if (m === 1) return false;
  const { capsule, key } = scene.encapsulate();
  const opened = equalBytes(scene.read(capsule, m, m + 1, m), key);
  const refused = refusal(() => scene.read(capsule, m, m + 1, m - 1)) === "E_NOT_ENOUGH_SHARES";
  return opened && refused && reads && fewerRead === false;
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
  const maxHops = countHops(scene, attacks);
  const verifiable = whoDetects(scene, attacks);
  const collusion = collude(scene, attacks);
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
    threshold: hasThreshold(scene, collusion),
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
