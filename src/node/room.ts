/**
 * How many fractions a node takes. An accepted one has its place until `acceptBy`, since its owner may pay until then, so pending
 * fractions count against the capacity. They cost their sender nothing: no network gets more than a part of the places.
 *
 *   places    = min(maxPending, capacity - paid fractions)
 *   a network = max(minPerNetwork, floor(places / networksToFill))
 */
import { NkmsError } from "../errors";
import type { NodeState } from "./chainView";
import type { FractionStore } from "./fractionStore";
import type { Limits } from "./limits";

/** Throws E_FULL {held, capacity}, {pending, maxPending} or {pendingOfNetwork, maxPending} if no fraction of this network fits. */
export function requireRoom(
  { store, limits }: { readonly store: Pick<FractionStore, "census">; readonly limits: Limits },
  { terms }: Pick<NodeState, "terms">,
  network: string,
): void {
  const { held, pending } = store.census;
  const { capacity } = terms;
  const { maxPending } = limits;
  if (BigInt(held) >= capacity) throw full({ held, capacity });
  if (pending >= maxPending) throw full({ pending, maxPending });
  const places = Math.min(maxPending, Number(capacity) - (held - pending));
  const most = Math.max(limits.minPerNetwork, Math.floor(places / limits.networksToFill));
  const pendingOfNetwork = store.census.pendingOf(network);
  if (pendingOfNetwork >= most) throw crowded({ pendingOfNetwork, maxPending: most });
}

function full(data: Record<string, unknown>): NkmsError {
  return new NkmsError("E_FULL", "This node holds all the fractions it can.", { fix: "Ask another node.", data });
}

function crowded(data: Record<string, unknown>): NkmsError {
  return new NkmsError("E_FULL", "This node holds all the unpaid fractions it takes from one network.", {
    why: "Fractions of policies that are not on chain cost nothing, so each network gets a part of the places.",
    fix: "Create the policies that wait for their transaction, ask another node, or ask later.",
    data,
  });
}
