/**
 * The fractions a node holds, on disk before they are acknowledged. Insert only: a policy's fraction is written once, never
 * changed, and deleted for good. What is not secret (terms, keys, why a fraction was deleted) is also kept in memory.
 *
 * | entry | value |
 * | --- | --- |
 * | grant/<policy id> | the grant, with its fate once the fraction is gone |
 * | fraction/<policy id> | the fraction |
 * | erase/<policy id> | empty: the fraction was deleted, its bytes may still lie in a file |
 */
import { equalBytes, toHex } from "../bytes";
import { wipe } from "../crypto/secrets";
import { NkmsError } from "../errors";
import { Census } from "./census";
import { decodeGrant, encodeGrant, type Fate, type Grant, type HeldGrant } from "./grant";
import type { Change, SealedDatabase } from "./sealedDatabase";
import { serial } from "../serial";
import { storeCorrupt } from "./storeErrors";

/** What a new grant is let in by. */
export interface Admission {
  readonly network: string;
  /** Asked when every earlier grant has its place and no later one; throws if there is none left. */
  readonly requireRoom: () => void;
}

const grantName = (id: string) => `grant/${id}`;
const fractionName = (id: string) => `fraction/${id}`;
const eraseName = (id: string) => `erase/${id}`;

export class FractionStore {
  readonly census = new Census();
  readonly #grants = new Map<string, HeldGrant>();
  readonly #inTurn = serial();

  private constructor(
    private readonly database: SealedDatabase,
    private readonly directory: string,
  ) {}

  /** Reads all grants and finishes deletions that a crash cut short. Throws E_STORE_CORRUPT. */
  static async open(database: SealedDatabase, directory: string): Promise<FractionStore> {
    const store = new FractionStore(database, directory);
    for await (const [name, value] of database.entries(grantName(""))) store.#remember(name, value);
    for (const name of await database.names(eraseName(""), eraseName("\uffff"))) {
      await store.#erase(name.slice(eraseName("").length));
    }
    return store;
  }

  grant(policyId: Uint8Array): HeldGrant | undefined {
    return this.#grants.get(toHex(policyId));
  }

  /** Every grant, those whose fraction is gone included. */
  grants(): HeldGrant[] {
    return [...this.#grants.values()];
  }

  /**
   * Stores a fraction; when the promise resolves it survives a power cut. The same grant again changes nothing. Throws
   * E_GRANT_EXISTS if another one is stored for the policy, or was, and what `requireRoom` throws.
   */
  insert(grant: Grant, kfrag: Uint8Array, { network, requireRoom }: Admission): Promise<void> {
    return this.#inTurn(async () => {
      const id = toHex(grant.policyId);
      const known = this.#grants.get(id);
      if (known) return this.#requireSame(known, grant, kfrag);
      requireRoom();
      await this.database.write([
        { name: grantName(id), value: encodeGrant(grant) },
        { name: fractionName(id), value: kfrag },
      ]);
      this.#set(id, { ...grant, network });
    });
  }

  /** The fraction of a policy; the caller wipes it. Undefined if there is none or it was deleted. */
  async fraction(policyId: Uint8Array): Promise<Uint8Array | undefined> {
    const id = toHex(policyId);
    const grant = this.#grants.get(id);
    if (!grant || grant.fate) return undefined;
    const kfrag = await this.database.get(fractionName(id));
    if (!kfrag && !this.#grants.get(id)?.fate) throw storeCorrupt(this.directory, fractionName(id));
    return kfrag;
  }

  /** Notes that the policy is on chain and runs until `end`; undefined if it is not there, or no longer. */
  noteFunded(policyId: Uint8Array, end: bigint | undefined): void {
    const id = toHex(policyId);
    const grant = this.#grants.get(id);
    if (grant && !grant.fate) this.#set(id, { ...grant, fundedUntil: end });
  }

  /**
   * Deletes a fraction for good, file contents included; the grant stays, so that the requester can be told why. The grant of
   * a policy that never came to be is dropped whole, since making those up is free.
   */
  delete(policyId: Uint8Array, fate: Fate): Promise<void> {
    return this.#inTurn(async () => {
      const id = toHex(policyId);
      const grant = this.#grants.get(id);
      if (!grant || grant.fate) return;
      const left: Grant = { ...grant, fate };
      const kept: Change =
        fate === "unfunded" ? { name: grantName(id) } : { name: grantName(id), value: encodeGrant(left) };
      await this.database.write([{ name: fractionName(id) }, kept, { name: eraseName(id), value: new Uint8Array() }]);
      this.#set(id, fate === "unfunded" ? undefined : left);
      await this.#erase(id);
    });
  }

  /** Drops the grant of a deleted fraction. */
  forget(policyId: Uint8Array): Promise<void> {
    return this.#inTurn(async () => {
      const id = toHex(policyId);
      if (!this.#grants.get(id)?.fate) return;
      await this.database.write([{ name: grantName(id) }]);
      this.#set(id, undefined);
    });
  }

  async #erase(id: string): Promise<void> {
    await this.database.erase(fractionName(id));
    await this.database.write([{ name: eraseName(id) }]);
  }

  async #requireSame(known: HeldGrant, grant: Grant, kfrag: Uint8Array): Promise<void> {
    const stored = await this.fraction(grant.policyId);
    const isSame = stored && equalBytes(encodeGrant(known), encodeGrant(grant)) && equalBytes(stored, kfrag);
    if (stored) wipe(stored);
    if (isSame) return;
    throw new NkmsError("E_GRANT_EXISTS", "This node has another grant for the policy.", {
      why: known.fate ? `Its fraction was deleted: ${known.fate}.` : "A grant is stored once and never replaced.",
      fix: "Make a policy with new terms.",
      data: { policyId: toHex(grant.policyId) },
    });
  }

  #remember(name: string, value: Uint8Array): void {
    try {
      const grant = decodeGrant(value);
      this.#set(toHex(grant.policyId), grant);
    } catch (cause) {
      throw storeCorrupt(this.directory, name, cause);
    }
  }

  #set(id: string, grant: HeldGrant | undefined): void {
    const before = this.#grants.get(id);
    if (before) this.census.remove(before);
    if (!grant) return void this.#grants.delete(id);
    this.#grants.set(id, grant);
    this.census.add(grant);
  }
}
