/** decrypt: opens an object that was already fetched (V.A). */
import { splitEdek } from "../protocol/edek";
import { openObject } from "../protocol/object";
import { policyId } from "../protocol/policy";
import { toHex } from "../bytes";
import { wipe } from "../crypto/secrets";
import type { Address } from "../protocol/abi";
import type { Context } from "./context";
import type { NodeFailure } from "./nodeOutcome";
import { openDek, type OpenDekOptions } from "./openDek";

/** `text`: the content as UTF-8; `bytes`: as it is; `report`: the content and how it was come by. */
export type ReadFormat = "text" | "bytes" | "report";

export interface ReadReport {
  readonly content: Uint8Array;
  /** Verifying key of who wrote the object; its signature held. Compare it with the `verifyingKey` you expect. */
  readonly producer: Uint8Array;
  /** The policy that was used; absent if the object is the reader's own. */
  readonly policyId?: string;
  /** The policy's owner; absent as above. */
  readonly owner?: Address;
  /** The nodes whose answers were used. */
  readonly answered: readonly Address[];
  /** The nodes that failed meanwhile, with the evidence against those that answered wrongly. */
  readonly failures: readonly NodeFailure[];
}

export interface DecryptOptions<F extends ReadFormat = ReadFormat> extends OpenDekOptions {
  /** Default `bytes`. */
  readonly format?: F;
}

export type ReadResult<F extends ReadFormat> = { text: string; bytes: Uint8Array; report: ReadReport }[F];

/**
 * Decrypts an object. Throws E_TAMPERED, E_TRUNCATED, E_BAD_ENCODING for an object that is not as it was written, E_BAD_SIGNATURE
 * if its producer's signature fails, E_NO_GRANT, E_REVOKED, E_EXPIRED or E_NOT_ENOUGH_SHARES with `data.nodes`.
 */
export async function decrypt<F extends ReadFormat = "bytes">(
  context: Context,
  object: Uint8Array,
  options: DecryptOptions<F> = {},
): Promise<ReadResult<F>> {
  const split = splitEdek(object);
  const { dek, policy, answered, failures } = await openDek(context, split.header, options);
  const opened = openObject(split, dek);
  wipe(dek);
  const grant = policy && { policyId: toHex(policyId(policy)), owner: policy.terms.owner };
  return inFormat({ ...opened, ...grant, answered, failures }, options.format ?? "bytes") as ReadResult<F>;
}

function inFormat(report: ReadReport, format: ReadFormat): string | Uint8Array | ReadReport {
  if (format === "report") return report;
  return format === "bytes" ? report.content : new TextDecoder().decode(report.content);
}
