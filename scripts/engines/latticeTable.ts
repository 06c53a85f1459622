/** What there is to know of the lattice engines beside their properties: the parameters we chose, and what is computed from them. */
import { BINOMIAL_VARIANCE, TERNARY_VARIANCE } from "../../src/crypto/lattice/sampler";
import {
  divergence,
  failureLog2 as lweFailure,
  LWE_1024,
  LWE_2048,
  noiseOf,
  type LweProfile,
} from "../../src/crypto/lwe/profile";
import { ntru } from "../../src/crypto/ntru";
import {
  failureLog2 as ntruFailure,
  MODULUS_BITS,
  noiseVariance,
  NTRU_1087,
  NTRU_1499,
  type NtruSet,
} from "../../src/crypto/ntru/parameters";
import { coreSvpBits } from "./coreSvp";

/** One engine's column; every cell is text. */
type Column = Record<string, string>;

const bits = (value: number) => `${value}`;
const power = (log2: number) => `2^${Math.round(log2)}`;
const failures = (at: (hops: number) => number, hops: readonly number[]) =>
  hops.map((count) => `${count}: ${power(at(count))}`).join(", ");

function lweColumn(profile: LweProfile): Column {
  const { degree, primes, maxHops, maxAnswers } = profile;
  const log2Modulus = primes.reduce((sum, prime) => sum + Math.log2(prime), 0);
  const { fresh, switching, randomising } = noiseOf(profile);
  const error = Math.sqrt(BINOMIAL_VARIANCE);
  const estimate = coreSvpBits({ dimension: degree, log2Modulus, error, secret: Math.sqrt(TERNARY_VARIANCE) });
  const leak = (hidden: number) => power(Math.log2(divergence(profile, hidden, Math.max(1, maxAnswers))));
  return {
    ring: `x^${degree} + 1`,
    "modulus, bits": bits(Math.ceil(log2Modulus)),
    "core-SVP of a public key, bits": bits(estimate),
    "core-SVP of a re-encryption key, bits": bits(estimate),
    "capsules that do not open, after hops": failures((hops) => lweFailure(profile, hops), [1, maxHops]),
    "answers of one re-encryption key, as we set them": power(Math.log2(maxAnswers)),
    "what they give away of the owner's noise, nats": leak(fresh),
    "what they give away of all noise, nats": leak(fresh + switching + randomising),
  };
}

function ntruColumn(set: NtruSet): Column {
  const { degree, weight, keyWeight, maxHops } = set;
  const sparse = Math.sqrt((2 * weight) / degree);
  const common = { dimension: degree, log2Modulus: MODULUS_BITS };
  const g = Math.sqrt((2 * keyWeight + 1) / degree);
  const [fresh, turned] = [0, 1].map((hops) => noiseVariance(set, hops));
  /** Of one answer, as of `lwe`: the turn's noise is the flood, and the key has no noise to be hidden. */
  const leak = power(Math.log2((degree * fresh) / (turned - fresh)));
  return {
    ring: `x^${degree} - 1`,
    "modulus, bits": bits(MODULUS_BITS),
    "core-SVP of a public key, bits": bits(coreSvpBits({ ...common, error: g, secret: sparse })),
    "core-SVP of a re-encryption key, bits": bits(coreSvpBits({ ...common, error: 3 * sparse, secret: 3 * sparse })),
    "capsules that do not open, after hops": failures((hops) => ntruFailure(set, hops), [1, maxHops].slice(0, maxHops)),
    "answers of one re-encryption key, as we set them": bits(ntru(set).properties.maxAnswers),
    "what they give away of the owner's noise, nats": leak,
    "what they give away of all noise, nats": leak,
  };
}

/** The table in Markdown, as docs/engines.md has it. */
export function latticeTable(): string {
  const columns: [string, Column][] = [
    ...[LWE_1024, LWE_2048].map((profile): [string, Column] => [profile.name, lweColumn(profile)]),
    ...[NTRU_1087, NTRU_1499].map((set): [string, Column] => [set.name, ntruColumn(set)]),
  ];
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const header = ["", ...columns.map(([name]) => `\`${name}\``)];
  const rows = Object.keys(columns[0][1]).map((title) => [title, ...columns.map(([, column]) => column[title])]);
  return [header, header.map(() => "---"), ...rows].map(line).join("\n");
}
