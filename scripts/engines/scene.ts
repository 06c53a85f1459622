/** The people on whom an engine is observed, and what they do honestly. */
import type { Engine, Fraction, LatticeEngine, RandomSource } from "../../src/crypto/engine";
import { umbral } from "../../src/crypto/umbral";
import { NkmsError } from "../../src/errors";
import type { Loot } from "./attack";

/** The typed error that a call throws. */
export function refusalOf(call: () => unknown): NkmsError | undefined {
  try {
    call();
    return undefined;
  } catch (error) {
    if (error instanceof NkmsError) return error;
    throw error;
  }
}

/** Its code. */
export const refusal = (call: () => unknown): string | undefined => refusalOf(call)?.code;

export function isLattice(engine: Engine): engine is LatticeEngine {
  return "decapsulateTurned" in engine;
}

/** One owner, recipient and signer on an engine. */
export class Scene {
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

  /** Two others. */
  strangers(): Scene {
    return new Scene(this.engine, this.random, this.interactive);
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

  /** 3 if 3 of 4 is not refused, else 1. */
  get threshold(): number {
    return refusal(() => this.split(3, 4)) === undefined ? 3 : 1;
  }

  loot(): Loot {
    const [{ kfrag, commitment }] = this.split(1, 1);
    const { engine, recipient, owner, random, signer } = this;
    const own = { kfrag, signerSecretKey: signer.secretKey };
    return { engine, commitment, ownerPublicKey: owner.publicKey, recipient, random, ...own };
  }
}
