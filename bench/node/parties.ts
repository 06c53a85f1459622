/** Who takes part in the measurement: one node, one owner, one requester; the chain says yes to everything, at once. */
import { toHex } from "../../src/bytes";
import type { Engine } from "../../src/crypto/engine";
import { osRandom } from "../../src/crypto/random";
import { sealTo } from "../../src/crypto/sealedBox";
import type { ChainView } from "../../src/node/chainView";
import { encode } from "../../src/protocol/codec";
import { nodeKeys, type NodeKeys } from "../../src/protocol/keys";
import { grantRequest, reencryptRequest, type GrantRequest } from "../../src/protocol/messages";
import { keyId } from "../../src/protocol/path";
import { policyId } from "../../src/protocol/policy";
import { capsuleHash } from "../../src/protocol/receipt";
import { REQUEST, trafficDomain } from "../../src/protocol/request";
import { signerAddress, signTypedData } from "../../src/protocol/typedSignature";

const CHAIN_ID = 31_337n;
const POLICY_MANAGER = "0x" + "ab".repeat(20);
const STAKER = "0x" + "55".repeat(20);
const NOW = 1_800_000_000n;
const DAY = 86_400n;
/** Capsules in turn, so that no memory of the last one helps. */
const CAPSULES = 64;

export interface Parties {
  readonly keys: NodeKeys;
  readonly chain: ChainView;
  /** Body of the one grant. */
  readonly grant: string;
  /** Bodies of so many requests, each signed and with an id of its own. */
  requests(count: number): string[];
}

export function makeParties(engine: Engine): Parties {
  const keys = nodeKeys(osRandom(64), engine);
  const [path, recipient, signing] = [engine.keygen(osRandom), engine.keygen(osRandom), engine.keygen(osRandom)];
  const requestSigner = osRandom(32);
  const [{ kfrag, commitment }] = engine.rekey(
    {
      ownerSecretKey: path.secretKey,
      recipientPublicKey: recipient.publicKey,
      signerSecretKey: signing.secretKey,
      threshold: 1,
      shares: 1,
    },
    osRandom,
  );
  const none = new Uint8Array(32);
  const grant: GrantRequest = {
    chainId: CHAIN_ID,
    policyManager: POLICY_MANAGER,
    terms: {
      owner: STAKER,
      payer: STAKER,
      recipientSigner: signerAddress(requestSigner),
      threshold: 1,
      pathKeyId: keyId(path.publicKey),
      recipientKeyId: keyId(recipient.publicKey),
      start: NOW,
      end: NOW + DAY,
      maxEnd: NOW + DAY,
      acceptBy: NOW + 600n,
      feeRate: 0n,
      bounty: 0n,
      conditionHash: none,
      noteHash: none,
    },
    nodes: [STAKER],
    commitments: [{ digest: commitment.digest, point: toHex(commitment.point) }],
    condition: new Uint8Array(),
    shareIndex: 0,
    ownerKeys: {
      pathPublicKey: path.publicKey,
      verifyingKey: signing.publicKey,
      recipientKey: recipient.publicKey,
    },
    sealedFraction: sealTo(engine, keys.encryption.publicKey, kfrag, osRandom),
  };
  const capsules = Array.from({ length: CAPSULES }, () => engine.encapsulate(path.publicKey, osRandom).capsule);
  const sign = (capsule: Uint8Array) => signedRequest(grant, capsule, requestSigner);
  const requests = (count: number) => Array.from({ length: count }, (_, index) => sign(capsules[index % CAPSULES]));
  return { keys, chain: willingChain(keys), grant: encode(grantRequest, grant), requests };
}

function signedRequest(grant: GrantRequest, capsule: Uint8Array, signer: Uint8Array): string {
  const request = {
    policyId: policyId(grant),
    shareIndex: 0n,
    capsuleHash: capsuleHash(capsule),
    requestId: osRandom(32),
    requestTime: NOW,
  };
  const signature = signTypedData(signer, trafficDomain(CHAIN_ID, POLICY_MANAGER), REQUEST, request);
  return encode(reencryptRequest, { request, capsule, signature });
}

function willingChain({ worker, encryption }: NodeKeys): ChainView {
  const head = { number: 1, hash: "0x01", timestamp: NOW };
  const policy = { exists: true, closed: false, end: NOW + DAY, removed: 0, leaked: 0, disclosed: 0 };
  const node = {
    worker: worker.address,
    encryptionKey: encryption.publicKey,
    terms: { feeRate: 0n, capacity: 1n, minDuration: 0n, maxDuration: DAY },
    suspended: false,
    lockedUntil: NOW + DAY,
    deposit: 0n,
    claimable: 0n,
  };
  return {
    chainId: CHAIN_ID,
    policyManager: POLICY_MANAGER,
    staker: STAKER,
    head: async () => head,
    block: async () => head,
    policyState: async () => policy,
    nodeState: async () => node,
    touchedPolicies: async () => [],
    paidReads: "0x" + "00".repeat(20),
    channelOf: () => Promise.resolve(undefined),
    closedChannels: async () => 0n,
    redeem: async () => 0n,
    isAllowed: async () => true,
  };
}
