/** What becomes of wrong answers: who refuses them, and whether a contract does. */
import type { AnswerContext, EngineProperties, VerifiedAnswer } from "../../src/crypto/engine";
import { NkmsError } from "../../src/errors";
import type { Attacks, Forgery } from "./attack";
import { contractChecks, type Precompile } from "./onChain";
import { refusal, refusalOf, type Scene } from "./scene";

const undetected = (part: string) => new NkmsError("E_UNDETECTED", `An answer with a wrong ${part} was taken.`);

/** A right answer passes for nothing but what it is the answer of: this capsule, and this share. */
function requirePlaced(scene: Scene): void {
  const { engine, random, keys, threshold } = scene;
  const [{ kfrag, commitment }, other] = scene.split(threshold, threshold + 1);
  const [capsule, otherCapsule] = [0, 1].map(() => scene.encapsulate().capsule);
  const answer = engine.reencrypt(kfrag, capsule, random);
  const code = (context: Pick<AnswerContext, "capsule" | "commitment">) =>
    refusal(() => engine.verify(answer, { ...context, ...keys }));
  if (code({ capsule, commitment }) !== undefined) throw new NkmsError("E_REFUSED", "A right answer was refused.");
  if (code({ capsule: otherCapsule, commitment }) !== "E_BAD_PROOF") throw undetected("capsule");
  if (code({ capsule, commitment: other.commitment }) !== "E_BAD_PROOF") throw undetected("share");
}

/** Who refuses a wrong answer: anyone, by the check that it breaks and no other, or the recipient, by opening. */
function detectorOf(scene: Scene, { part, cfrag }: Forgery, context: AnswerContext): EngineProperties["verifiable"] {
  const { engine, owner, recipient } = scene;
  let answer: VerifiedAnswer;
  const refused = refusalOf(() => (answer = engine.verify(cfrag, context)));
  if (refused?.code === "E_BAD_PROOF" && refused.data.part === part) return "by anyone";
  if (refused) throw refused;
  const code = refusal(() => engine.combine(recipient.secretKey, owner.publicKey, context.capsule, [answer]));
  if (code !== "E_TAMPERED") throw undetected(part);
  return "by the recipient";
}

/** Gives a capsule wrong answers, one for each check that an answer has to pass. Throws E_UNDETECTED. */
export function whoDetects(scene: Scene, attacks: Attacks): EngineProperties["verifiable"] {
  requirePlaced(scene);
  const { capsule } = scene.encapsulate();
  const loot = scene.loot();
  const context = { capsule, commitment: loot.commitment, ...scene.keys };
  const found = attacks.forgeries(loot, capsule).map((forgery) => detectorOf(scene, forgery, context));
  return found.every((one) => one === "by anyone") ? "by anyone" : "by the recipient";
}

/** Whether a contract accepts a right answer and refuses it for another capsule, and every wrong one. */
export async function convincesContract(scene: Scene, attacks: Attacks, precompile: Precompile): Promise<boolean> {
  const { engine, random, keys } = scene;
  const check = contractChecks[engine.properties.name];
  if (!check) return false;
  const loot = scene.loot();
  const [capsule, other] = [0, 1].map(() => scene.encapsulate().capsule);
  const right = { cfrag: engine.reencrypt(loot.kfrag, capsule, random), capsule, commitment: loot.commitment, ...keys };
  const lies = attacks.forgeries(loot, capsule).map(({ cfrag }) => ({ ...right, cfrag }));
  const accepted: boolean[] = [];
  for (const claim of [right, { ...right, capsule: other }, ...lies]) accepted.push(await check(precompile, claim));
  return accepted[0] && !accepted.slice(1).some(Boolean);
}
