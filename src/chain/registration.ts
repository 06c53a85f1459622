/** What must be sent so that the chain says about a node what its operator wants. */
import { getAddress } from "ethers";

import { equalBytes } from "../bytes";
import { BOND, nodeRegistryDomain } from "../protocol/policy";
import { signTypedData } from "../protocol/typedSignature";
import type { Call } from "./call";
import type { Chain } from "./connection";
import type { NodeRecord, NodeTerms } from "./nodeRegistry";
import { refusal } from "./refusals";

/** A worker's signing key and address. */
export interface Worker {
  readonly secretKey: Uint8Array;
  readonly address: string;
}

/** One transaction, prepared when its turn comes. */
export interface RegistrationStep {
  title: string;
  call: () => Call<void> | Promise<Call<void>>;
  /** It cannot be checked before the step before it is mined. */
  waits?: boolean;
}

/**
 * The transactions that register a node, or change what differs from the registry, and bond the worker with its consent. None if
 * the registry says all of it already. Throws E_WORKER_TAKEN if the worker serves another staker.
 */
export async function registrationSteps(
  chain: Chain,
  staker: string,
  wanted: NodeRecord,
  worker: Worker,
): Promise<RegistrationStep[]> {
  const { nodeRegistry } = chain;
  const registered = await nodeRegistry.isRegistered(staker);
  const steps = registered ? await changes(chain, staker, wanted) : [register(chain, wanted)];
  const served = await nodeRegistry.stakerOf(worker.address);
  if (served !== undefined && served !== staker) {
    throw refusal("WorkerTaken", { worker: getAddress(worker.address), staker: served });
  }
  return served ? steps : [...steps, { ...bond(chain, staker, worker), waits: !registered }];
}

function register({ nodeRegistry }: Chain, wanted: NodeRecord): RegistrationStep {
  return { title: "register", call: () => nodeRegistry.register(wanted) };
}

async function changes({ nodeRegistry }: Chain, staker: string, wanted: NodeRecord): Promise<RegistrationStep[]> {
  const { url, encryptionKey, checkKey, terms } = await nodeRegistry.nodeOf(staker);
  const steps: RegistrationStep[] = [];
  if (url !== wanted.url) steps.push({ title: "change the URL", call: () => nodeRegistry.setUrl(wanted.url) });
  if (!equalTerms(terms, wanted.terms)) {
    steps.push({ title: "change the terms", call: () => nodeRegistry.setTerms(wanted.terms) });
  }
  if (!equalBytes(encryptionKey, wanted.encryptionKey)) {
    steps.push({ title: "change the encryption key", call: () => nodeRegistry.setEncryptionKey(wanted.encryptionKey) });
  }
  if (!equalBytes(checkKey, wanted.checkKey)) {
    steps.push({ title: "change the check key", call: () => nodeRegistry.setCheckKey(wanted.checkKey) });
  }
  return steps;
}

function bond({ chainId, deployment, nodeRegistry }: Chain, staker: string, worker: Worker): RegistrationStep {
  return {
    title: "bond the worker",
    async call() {
      const domain = nodeRegistryDomain(BigInt(chainId), deployment.NodeRegistry);
      const nonce = await nodeRegistry.bondNonce(staker);
      const consent = signTypedData(worker.secretKey, domain, BOND, { staker, worker: worker.address, nonce });
      return nodeRegistry.bondWorker(worker.address, consent);
    },
  };
}

function equalTerms(a: NodeTerms, b: NodeTerms): boolean {
  return (
    a.feeRate === b.feeRate &&
    a.capacity === b.capacity &&
    a.minDuration === b.minDuration &&
    a.maxDuration === b.maxDuration
  );
}
