/** The public surface of the package `nkms`. Nothing else is promised to stay. */
export { NkmsError, type ErrorDetails } from "./errors";

export { connect } from "./client/connect";
export type { ConnectOptions, CustomNetwork } from "./client/settings";
export type { Client } from "./client/client";
export type { Alice } from "./client/alice";
export type { Bob } from "./client/bob";
export type { WriteOptions } from "./client/write";
export type { DecryptOptions, ReadFormat, ReadReport, ReadResult } from "./client/decrypt";
export type { ReadOptions } from "./client/read";
export { DEFAULT_MAX_FEE_RATE, DEFAULT_MAX_READ_PRICE, type ShareOptions } from "./client/shareOptions";
export type { Recipient, RecipientKeys } from "./client/recipient";
export type { Grant } from "./client/share";
export type { PaymentRequest, Sponsor } from "./client/sponsor";
export type { ConsentOptions } from "./client/consentToRenew";
export type { Closing } from "./client/channels";
export type { Channel } from "./chain/paidReads";
export type { Renewed, RenewOptions } from "./client/renew";
export type { ReturnedBounty } from "./client/returnBounty";
export type { Revoked, RevokeOptions } from "./client/revoke";
export type { PolicyFilter, PolicyStatus, PolicySummary } from "./client/readPolicies";
export type { NodeFailure, WrongAnswer } from "./client/nodeOutcome";

export {
  after,
  all,
  any,
  asks,
  before,
  between,
  bought,
  holds,
  listed,
  logged,
  not,
  paid,
  type Plan,
  returnsTrue,
  subscribed,
  type When,
} from "./protocol/condition";
export { nameId } from "./protocol/conditionForms";
export { formatCondition, parseCondition } from "./protocol/conditionText";
export { splitEdek, type EngineName, type ObjectHeader, type SplitObject, type Suite } from "./protocol/edek";
export { FileStorage } from "./storage/file";
export { MemoryStorage } from "./storage/memory";
export type { StorageBackend } from "./storage/storage";

export { createKeyFile, identityFromPhrase, listKeyFiles, openKeyFile, type Identity } from "./chain/identity";
export { abi } from "./chain/contracts";
export { getDeployment, type Deployment } from "./chain/deployment";
