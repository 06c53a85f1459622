import { CryptoError } from "../errors";

/**
 * Refuses a parameter set that is none of these very objects: a copy with another number would keep the name, and the bounds of neither noise nor
 * answers would hold. Throws E_BAD_PARAMETERS.
 */
export function requireKnownSet<Set extends { readonly name: string }>(set: Set, known: readonly Set[]): Set {
  if (known.includes(set)) return set;
  const expected = known.map(({ name }) => name);
  throw new CryptoError("E_BAD_PARAMETERS", "The parameter set is none that the engine was made for.", {
    why: "Failure bounds, flooding and the number of safe answers were worked out for whole sets, not for changed copies.",
    fix: `Give the set itself that is exported: ${expected.join(" or ")}.`,
    data: { expected },
  });
}
