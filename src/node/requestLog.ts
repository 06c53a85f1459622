/**
 * Request ids already used (I-L10): each is served once, also across restarts, until the request is too old to be served
 * anyway. Entries are not synced to disk one by one: they survive the end of the process; a power cut may let the last requests
 * of its second be asked again within their minute, by the same signer, for the same answer.
 *
 * Entry: request/<last second of validity, 13 digits>/<policy id>/<request id>.
 */
import { toHex } from "../bytes";
import type { RequestMessage } from "../protocol/messages";
import { REQUEST_WINDOW_SECONDS } from "./limits";
import type { SealedDatabase } from "./sealedDatabase";

const PREFIX = "request/";
const DIGITS = 13;

const nameAt = (second: bigint) => PREFIX + second.toString().padStart(DIGITS, "0");
const idIn = (name: string) => name.slice(PREFIX.length + DIGITS + 1);
const idOf = ({ policyId, requestId }: RequestMessage) => `${toHex(policyId)}/${toHex(requestId)}`;

export class RequestLog {
  private constructor(
    private readonly database: SealedDatabase,
    private readonly used: Set<string>,
  ) {}

  static async open(database: SealedDatabase): Promise<RequestLog> {
    const names = await database.names(PREFIX, PREFIX + "\uffff");
    return new RequestLog(database, new Set(names.map(idIn)));
  }

  isSpent(request: RequestMessage): boolean {
    return this.used.has(idOf(request));
  }

  /** Marks the request as used and returns true; false if it was used before. */
  async spend(request: RequestMessage): Promise<boolean> {
    if (this.isSpent(request)) return false;
    const id = idOf(request);
    this.used.add(id);
    const name = `${nameAt(request.requestTime + REQUEST_WINDOW_SECONDS)}/${id}`;
    await this.database.writeSoon([{ name, value: new Uint8Array() }]);
    return true;
  }

  /** Forgets the requests that are too old at this second of chain time, with a window to spare for a head that went back. */
  async prune(now: bigint): Promise<void> {
    const oldest = now - REQUEST_WINDOW_SECONDS;
    if (oldest <= 0n) return;
    const names = await this.database.names(PREFIX, nameAt(oldest));
    for (const name of names) this.used.delete(idIn(name));
    if (names.length > 0) await this.database.writeSoon(names.map((name) => ({ name })));
  }
}
