/** The engines beside `umbral`: microseconds per operation, and operations per second of one core. */
import { afgh } from "../src/crypto/afgh";
import { backendNamed } from "../src/crypto/backends";
import type { CurveBackend } from "../src/crypto/backend";
import { bbs98 } from "../src/crypto/bbs98";
import { ecies } from "../src/crypto/ecies";
import { decodePoint, encodePoint } from "../src/crypto/encoding";
import type { Engine } from "../src/crypto/engine";
import { loadMclPairing } from "../src/crypto/pairingMcl";
import { lwe } from "../src/crypto/lwe";
import { LWE_1024, LWE_2048 } from "../src/crypto/lwe/profile";
import { ntru } from "../src/crypto/ntru";
import { NTRU_1087, NTRU_1499 } from "../src/crypto/ntru/parameters";
import { noblePairing } from "../src/crypto/pairingNoble";
import { osRandom } from "../src/crypto/random";
import { umbral } from "../src/crypto/umbral";
import { compare, type Contestant } from "./sampling";

const ROUNDS = 20;

export interface EngineRow {
  readonly op: string;
  readonly backend: string;
  readonly p10: number;
  readonly median: number;
  readonly perSecond: number;
}

/** Alternates capsules, so that no memory of the last one helps. */
function engineRows(engine: Engine): Record<string, Contestant> {
  const [owner, recipient, signer] = [engine, engine, umbral()].map((one) => one.keygen(osRandom));
  const capsules = [0, 1].map(() => engine.encapsulate(owner.publicKey, osRandom).capsule);
  const request = {
    ownerSecretKey: owner.secretKey,
    recipientPublicKey: recipient.publicKey,
    recipientSecretKey: recipient.secretKey,
    signerSecretKey: signer.secretKey,
    threshold: 1,
    shares: 1,
  };
  const keys = {
    ownerPublicKey: owner.publicKey,
    recipientPublicKey: recipient.publicKey,
    signerPublicKey: signer.publicKey,
  };
  const [{ kfrag, commitment }] = engine.rekey(request, osRandom);
  const cfrags = capsules.map((capsule) => engine.reencrypt(kfrag, capsule, osRandom));
  const verify = (turn: number) => engine.verify(cfrags[turn], { capsule: capsules[turn], commitment, ...keys });
  const answers = [0, 1].map(verify);
  let count = 0;
  const next = () => ++count % 2;
  return {
    encapsulate: { run: () => engine.encapsulate(owner.publicKey, osRandom) },
    "rekey 1/1": { run: () => engine.rekey(request, osRandom) },
    "kfrag verify": { run: () => engine.verifyFraction(kfrag, keys) },
    "node path (capsule check, re-encrypt, proof)": {
      run: () => engine.reencrypt(kfrag, capsules[next()], osRandom),
    },
    "cfrag verify": { run: () => verify(next()) },
    "combine m=1": {
      run: () => {
        const turn = next();
        return engine.combine(recipient.secretKey, owner.publicKey, capsules[turn], [answers[turn]]);
      },
    },
  };
}

/** E' = rk*E from bytes to bytes, without checks and proof. */
function bareRow(curve: CurveBackend): Record<string, Contestant> {
  const engine = ecies(curve);
  const { secretKey, publicKey } = engine.keygen(osRandom);
  const run = () => encodePoint(curve.multiply(decodePoint(curve, "e", publicKey), secretKey));
  return { "bare re-encrypt": { run } };
}

/** Times the same operations on several back-ends in turn. */
function measure(byBackend: Record<string, Record<string, Contestant>>): EngineRow[] {
  const [first] = Object.values(byBackend);
  return Object.keys(first).flatMap((op) => {
    const contestants = Object.entries(byBackend).map(([backend, rows]) => [backend, rows[op]] as const);
    const timings = compare(Object.fromEntries(contestants), ROUNDS);
    return contestants.map(([backend]) => {
      const perSecond = Math.round(1e6 / timings[backend].median);
      return { op, backend, ...timings[backend], perSecond };
    });
  });
}

function curveEngine(make: (curve: CurveBackend) => Engine): EngineRow[] {
  const rows = (name: "native" | "noble") => {
    const curve = backendNamed(name);
    return { ...engineRows(make(curve)), ...bareRow(curve) };
  };
  return measure({ native: rows("native"), noble: rows("noble") });
}

/** The lattice engines, each beside noble's multiplication on secp256k1, which tells what machine it was. */
export function measureLattices(): Record<string, EngineRow[]> {
  const noble = backendNamed("noble");
  const { secretKey, publicKey } = ecies(noble).keygen(osRandom);
  const point = decodePoint(noble, "point", publicKey);
  const yardstick = { "secp256k1 multiply, noble": { run: () => noble.multiply(point, secretKey) } };
  const engines = [lwe(LWE_1024), lwe(LWE_2048), ntru(NTRU_1087), ntru(NTRU_1499)];
  return Object.fromEntries(
    engines.map((engine) => [engine.properties.name, measure({ portable: { ...engineRows(engine), ...yardstick } })]),
  );
}

/** All rows, by engine. */
export async function measureEngines(): Promise<Record<string, EngineRow[]>> {
  const mcl = await loadMclPairing();
  return {
    ecies: curveEngine(ecies),
    bbs98: curveEngine(bbs98),
    afgh: measure({ mcl: engineRows(afgh(mcl)), noble: engineRows(afgh(noblePairing)) }),
    ...measureLattices(),
  };
}
