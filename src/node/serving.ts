/** Whether this node may act at all: its chain answers, and the registry names its keys. */
import { equalBytes } from "../bytes";
import { NkmsError } from "../errors";
import type { Snapshot } from "./chainHead";
import type { NodeState } from "./chainView";
import type { NodeContext } from "./context";

/** The chain as of now and this node in it. Throws E_NOT_READY. */
export async function requireServing(context: NodeContext): Promise<{ snapshot: Snapshot; node: NodeState }> {
  const snapshot = await context.head.snapshot();
  const node = await snapshot.nodeState();
  requireWorker(context, node);
  requireEncryptionKey(context, node);
  return { snapshot, node };
}

function requireWorker({ keys }: NodeContext, { worker }: NodeState): void {
  if (worker?.toLowerCase() === keys.worker.address) return;
  throw notReady("This node's key is not the worker of its staker in this period.", {
    got: keys.worker.address,
    expected: worker,
  });
}

function requireEncryptionKey({ keys }: NodeContext, { encryptionKey }: NodeState): void {
  if (equalBytes(encryptionKey, keys.encryption.publicKey)) return;
  throw notReady("The registry has another encryption key for this node.", {});
}

function notReady(why: string, data: Record<string, unknown>): NkmsError {
  return new NkmsError("E_NOT_READY", "This node cannot serve.", {
    why,
    fix: "Ask another node. The operator registers the node's keys; a new worker counts from the next period on.",
    data,
  });
}
