/** Finds out by running it what an engine can do. Nothing here reads `engine.properties` but the name. */
import { secp256k1 } from "@noble/curves/secp256k1.js";

import { equalBytes } from "../../src/bytes";
import type {
  Encapsulation,
  Engine,
  EngineProperties,
  Fraction,
  LatticeEngine,
  LevelledEngine,
  MultiHopEngine,
  RandomSource,
} from "../../src/crypto/engine";
import { toBigInt } from "../../src/crypto/scalar";
import { umbral } from "../../src/crypto/umbral";
import { NkmsError } from "../../src/errors";
import type { Attacks, Loot, Node } from "./attack";
import { attacksOn } from "./attacks";
import { contractChecks, type Precompile } from "./onChain";

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
  constructor(
    readonly engine: Engine,
    readonly random: RandomSource,
    readonly interactive: boolean,
    readonly owner = engine.keygen(random),
    readonly recipient = engine.keygen(random),
    readonly signer = umbral().keygen(random),
  ) {}

  /** The same two, with the recipient as owner. */
  reversed(): Scene {
    return new Scene(this.engine, this.random, this.interactive, this.recipient, this.owner, this.signer);
  }

  get keys() {
    return {
      ownerPublicKey: this.owner.publicKey,
      recipientPublicKey: this.recipient.publicKey,
      signerPublicKey: this.signer.publicKey,
    };
  }

  encapsulate() {
    return this.engine.encapsulate(this.owner.publicKey, this.random);
  }

  split(threshold: number, shares: number): Fraction[] {
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

  /** The key that these fractions' answers give the recipient. */
  readWith(fractions: readonly Fraction[], capsule: Uint8Array): Uint8Array {
    const answers = fractions.map(({ kfrag, commitment }) => {
      const cfrag = this.engine.reencrypt(kfrag, capsule, this.random);
      return this.engine.verify(cfrag, { capsule, commitment, ...this.keys });
    });
    return this.engine.combine(this.recipient.secretKey, this.owner.publicKey, capsule, answers);
  }

  /** The key a recipient gets out of the first `used` answers of a split. */
  read(capsule: Uint8Array, threshold: number, shares: number, used: number): Uint8Array {
    return this.readWith(this.split(threshold, shares).slice(0, used), capsule);
  }

  /** The largest m of m of m+1 that is not refused, 2 or 1. */
  get threshold(): number {
    return refusal(() => this.split(2, 3)) === undefined ? 2 : 1;
  }

  loot(): Loot {
    const [{ kfrag, commitment }] = this.split(1, 1);
    const { engine, recipient, owner, random, signer } = this;
    const own = { kfrag, signerSecretKey: signer.secretKey };
    return { engine, commitment, ownerPublicKey: owner.publicKey, recipient, random, ...own };
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

/** Gives a capsule wrong answers: who refuses them, by the proof or by opening. */
function whoDetects(scene: Scene, attacks: Attacks): Observed["verifiable"] | undefined {
  const { engine, random, owner, recipient } = scene;
  const [first, second] = [0, 1].map(() => scene.encapsulate().capsule);
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

/** Whether a contract accepts a right answer and refuses one that was given to another capsule. */
async function convincesContract(scene: Scene, loot: Loot, precompile: Precompile): Promise<boolean> {
  const check = contractChecks[scene.engine.properties.name];
  if (!check) return false;
  const [capsule, other] = [0, 1].map(() => scene.encapsulate().capsule);
  const claim = { cfrag: scene.engine.reencrypt(loot.kfrag, capsule, scene.random), capsule, ...loot, ...scene.keys };
  const found = await Promise.all([check(precompile, claim), check(precompile, { ...claim, capsule: other })]);
  return found[0] && !found[1];
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
  if (!verifiable) throw new NkmsError("E_UNDETECTED", "A wrong answer opened a capsule.");
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
    onChainVerifiable: verifiable === "by anyone" && (await convincesContract(scene, loot, precompile)),
    failureLog2: isLattice(engine) ? engine.failureLog2(maxHops) : -Infinity,
    deterministic: equalBytes(cfrags[0], cfrags[1]),
    publicKeyBytes: scene.owner.publicKey.length,
    capsuleBytes: capsule.length,
    kfragBytes: loot.kfrag.length,
    cfragBytes: cfrags[0].length,
    failures: countFailures(scene, rounds),
  };
}
