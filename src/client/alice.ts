/** The owner's verbs (V.A): everything Alice does with her data and her policies. */
import type { Context } from "./context";
import { consentToRenew, type ConsentOptions } from "./consentToRenew";
import { consentToRevoke } from "./consentToRevoke";
import { deleteObject } from "./delete";
import { publishPathKey } from "./publishKeys";
import { type PolicyFilter, type PolicySummary, readPolicies } from "./readPolicies";
import { rebuildPolicies } from "./rebuildPolicies";
import type { Recipient } from "./recipient";
import { renew, type Renewed, type RenewOptions } from "./renew";
import { type ReturnedBounty, returnBounty } from "./returnBounty";
import { revoke, type Revoked, type RevokeOptions } from "./revoke";
import { type Grant, share } from "./share";
import type { ShareOptions } from "./shareOptions";
import { type PaymentRequest, type Sponsor, sponsor } from "./sponsor";
import { deletePolicies, updatePolicies } from "./updatePolicies";
import { write, type WriteOptions } from "./write";

export interface Alice {
  /** Encrypts and stores. See {@link write}. */
  write(uri: string, data: string | Uint8Array, options?: WriteOptions): Promise<string>;
  /** Lets a recipient read a path for `time` seconds. See {@link share}. */
  share(recipient: Recipient, path: string, options: ShareOptions): Promise<Grant>;
  /** Prolongs a policy by `time` seconds. See {@link renew}. */
  renew(id: string, options: RenewOptions): Promise<Renewed>;
  /** Agrees, as its sponsor or its owner, to a renewal that the other sends. See {@link consentToRenew}. */
  consentToRenew(id: string, options: ConsentOptions): Promise<string>;
  /** Agrees, as its owner, to a revocation that anybody sends. See {@link consentToRevoke}. */
  consentToRevoke(id: string): Promise<string>;
  /** Ends a policy now, or takes out one of its nodes, with a refund. See {@link revoke}. */
  revoke(id: string, options?: RevokeOptions): Promise<Revoked>;
  /** Us as the payer of others' policies. See {@link sponsor}. */
  sponsor(approve: (request: PaymentRequest) => boolean | Promise<boolean>): Sponsor;
  /** Sends the bounties that no leak drew on back to the owner. See {@link returnBounty}. */
  returnBounty(id: string): Promise<ReturnedBounty>;
  /** Lists our policies. See {@link readPolicies}. */
  readPolicies(filter?: PolicyFilter): Promise<PolicySummary[]>;
  /** Renews all policies that a filter finds. See {@link updatePolicies}. */
  updatePolicies(filter: PolicyFilter, change: RenewOptions): Promise<Renewed[]>;
  /** Revokes all policies that a filter finds. See {@link deletePolicies}. */
  deletePolicies(filter: PolicyFilter): Promise<Revoked[]>;
  /** Restores the policy store from chain and seed; returns the number of policies. See {@link rebuildPolicies}. */
  rebuildPolicies(): Promise<number>;
  /** Revokes what shares the object, then removes it. See {@link deleteObject}. */
  delete(uri: string): Promise<Revoked[]>;
  /** Lets others write to a path of ours: `write(path, data, {owner})`. See {@link publishPathKey}. */
  publishPathKey(path: string): Promise<string | undefined>;
}

/** Binds the owner's verbs to a context. */
export function alice(context: Context): Alice {
  return {
    write: (uri, data, options) => write(context, uri, data, options),
    share: (recipient, path, options) => share(context, recipient, path, options),
    renew: (id, options) => renew(context, id, options),
    consentToRenew: (id, options) => consentToRenew(context, id, options),
    consentToRevoke: (id) => consentToRevoke(context, id),
    revoke: (id, options) => revoke(context, id, options),
    sponsor: (approve) => sponsor(context, approve),
    returnBounty: (id) => returnBounty(context, id),
    readPolicies: (filter) => readPolicies(context, filter),
    updatePolicies: (filter, change) => updatePolicies(context, filter, change),
    deletePolicies: (filter) => deletePolicies(context, filter),
    rebuildPolicies: () => rebuildPolicies(context),
    delete: (uri) => deleteObject(context, uri),
    publishPathKey: (path) => publishPathKey(context, path),
  };
}
