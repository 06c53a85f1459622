import { type ChildProcess, spawn } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";

import { saveDeployment } from "../../src/chain/deployment";
import { createKeyFile } from "../../src/chain/identity";
import type { World } from "./world";

const PASSWORD = "correct horse battery";

/** What a child process printed, and how it ended. */
export interface ChildResult {
  readonly output: string;
  readonly exitCode: number | null;
}

/** A key file of the world's home, opened by every child. Scrypt is light: it guards nothing here. */
export async function storeIdentity(world: World, name: string): Promise<void> {
  const identity = await world.identity(name);
  await createKeyFile({
    name,
    password: PASSWORD,
    phrase: identity.account.mnemonic!.phrase,
    lightScrypt: true,
    home: world.home,
  });
  await writeFile(join(world.home, "password"), PASSWORD + "\n", { mode: 0o600 });
  await saveDeployment(world.chain.deployment, world.home);
}

/** Runs `script` in another process, with `client` connected as `name` by environment and files alone. */
export function inChild(
  world: World,
  name: string,
  script: string,
): { child: ChildProcess; result: Promise<ChildResult> } {
  const source = `require("./src/client/connect").connect().then(async (client) => { ${script}; await client.close(); })`;
  const child = spawn(process.execPath, ["-r", "ts-node/register/transpile-only", "-e", source], {
    cwd: join(__dirname, "../.."),
    env: {
      ...process.env,
      NKMS_HOME: world.home,
      NKMS_RPC_URL: world.rpc.url,
      NKMS_IDENTITY: name,
      NKMS_PASSWORD_FILE: join(world.home, "password"),
    },
  });
  const chunks: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => chunks.push(chunk));
  const result = new Promise<ChildResult>((resolve) => {
    child.on("close", (exitCode) => resolve({ output: Buffer.concat(chunks).toString(), exitCode }));
  });
  return { child, result };
}
