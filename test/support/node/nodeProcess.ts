/** The node's entry as a process of its own, from the present sources. */
import { spawn, type ChildProcess } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import ts from "typescript";

const ROOT = join(__dirname, "../../..");
const OUTPUT = join(ROOT, "cache", "node-process");
const ENTRY = "src/node/main.ts";
const COMPILER_OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.CommonJS,
  esModuleInterop: true,
};

/**
 * Strips the types of the entry and of all it imports into a folder beside the compiler's cache; starting from there takes half a second. Each output
 * ends with the hash of its source, so that what did not change since an earlier run stays.
 */
export function buildNode(): void {
  const files = new Set([ENTRY]);
  for (const file of files) for (const imported of importsOf(file, build(file))) files.add(imported);
}

/** The output for one source file. */
function build(file: string): string {
  const source = readFileSync(join(ROOT, file), "utf8");
  const target = join(OUTPUT, file.replace(/ts$/, "js"));
  const stamp = `\n// ${createHash("sha256").update(ts.version).update(source).digest("hex")}\n`;
  const kept = existsSync(target) ? readFileSync(target, "utf8") : "";
  if (kept.endsWith(stamp)) return kept;
  const output = ts.transpileModule(source, { compilerOptions: COMPILER_OPTIONS }).outputText + stamp;
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, output);
  return output;
}

function importsOf(file: string, output: string): string[] {
  return [...output.matchAll(/require\("(\.[^"]*)"\)/g)].map(([, path]) => {
    const target = join(dirname(file), path);
    return existsSync(join(ROOT, `${target}.ts`)) ? `${target}.ts` : join(target, "index.ts");
  });
}

/** One run of `main`. */
export class NodeProcess {
  stdout = "";
  stderr = "";
  /** The exit code, or the signal that ended it. */
  readonly ended: Promise<number | string>;
  readonly #child: ChildProcess;
  readonly #waiting = new Set<() => void>();

  constructor(args: string[], environment: Record<string, string>) {
    const entry = join(OUTPUT, ENTRY.replace(/ts$/, "js"));
    const env = { PATH: process.env.PATH, ...environment };
    this.#child = spawn(process.execPath, [entry, ...args], { env, stdio: ["ignore", "pipe", "pipe"] });
    this.#child.stdout!.on("data", (chunk: Buffer) => this.#take(() => (this.stdout += chunk.toString())));
    this.#child.stderr!.on("data", (chunk: Buffer) => this.#take(() => (this.stderr += chunk.toString())));
    this.ended = new Promise((resolve) =>
      this.#child.once("close", (code, signal) => this.#take(() => resolve(code ?? signal!))),
    );
  }

  /** The first line of stdout, parsed; undefined if it ended without one. */
  async firstLine(): Promise<Record<string, unknown>> {
    await this.#until(() => this.stdout.includes("\n"));
    return JSON.parse(this.stdout) as Record<string, unknown>;
  }

  /** Resolves when an event of this name is in the log, so many times. */
  logged(event: string, times = 1): Promise<void> {
    return this.#until(() => this.stderr.split(`"event":"${event}"`).length > times);
  }

  /** Sends a signal and waits for the end. */
  end(signal: NodeJS.Signals): Promise<number | string> {
    this.#child.kill(signal);
    return this.ended;
  }

  async #until(isSo: () => boolean): Promise<void> {
    const gone = this.ended.then(() => true);
    while (!isSo()) {
      const news = new Promise<boolean>((resolve) => this.#waiting.add(() => resolve(false)));
      if ((await Promise.race([news, gone])) && !isSo()) throw new Error(`ended early: ${this.stdout} ${this.stderr}`);
    }
  }

  #take(note: () => void): void {
    note();
    for (const wake of this.#waiting) wake();
    this.#waiting.clear();
  }
}
