/**
 * A node whose operator patched its program: it re-encrypts with another key than the one it holds, and signs the result. Only the
 * demo starts it; nothing of it is in the package.
 */
import { parseArgs } from "node:util";

import { passwordFromFile } from "../../src/chain/password";
import type { Engine } from "../../src/crypto/engine";
import { osRandom } from "../../src/crypto/random";
import { umbral } from "../../src/crypto/umbral";
import { readConfig } from "../../src/node/config";
import { runNode } from "../../src/node/runNode";

const RK = { start: 32, end: 64 };

/** Umbral, but re-encrypting with a random rk; its own check of its answer is switched off. */
function patched(honest: Engine): Engine {
  const reencrypt: Engine["reencrypt"] = (kfrag, capsule, random) => {
    const other = Uint8Array.from(kfrag);
    other.set(honest.keygen(osRandom).secretKey.subarray(0, RK.end - RK.start), RK.start);
    return honest.reencrypt(other, capsule, random);
  };
  return new Proxy(honest, {
    get: (engine, name) => {
      if (name === "reencrypt") return reencrypt;
      if (name === "verify") return () => undefined;
      const member: unknown = Reflect.get(engine, name, engine);
      return typeof member === "function" ? (member.bind(engine) as unknown) : member;
    },
  });
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { config: { type: "string" }, "password-file": { type: "string" } } });
  const config = await readConfig(values.config ?? "");
  const password = (await passwordFromFile(values["password-file"])) ?? "";
  const writeLog = (line: string) => process.stderr.write(line + "\n");
  const { url } = await runNode({ config, password, writeLog, engine: patched(umbral()) });
  process.stdout.write(JSON.stringify({ ok: true, url }) + "\n");
}

main().catch((error: unknown) => {
  process.stdout.write(JSON.stringify({ ok: false, error: String(error) }) + "\n");
  process.exit(1);
});
