/** The node's entry as a process of its own, from the present sources. */
import { spawn, type ChildProcess } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import ts from "typescript";

const ROOT = join(__dirname, "../../..");
const OUTPUT = join(ROOT, "cache", "node-process");
const COMPILER_OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.CommonJS,
  esModuleInterop: true,
};

/** Strips the types of all sources into a folder beside the compiler's cache; starting from there takes half a second. */
export function buildNode(): void {
  rmSync(OUTPUT, { recursive: true, force: true });
  for (const room of ["src", "typechain-types"]) {
    const files = readdirSync(join(ROOT, room), { recursive: true, encoding: "utf8" });
    for (const file of files.filter((name) => name.endsWith(".ts") && !name.endsWith(".d.ts"))) {
      build(join(room, file));
    }
  }
}

function build(file: string): void {
  const target = join(OUTPUT, file.replace(/ts$/, "js"));
  mkdirSync(dirname(target), { recursive: true });
  const source = readFileSync(join(ROOT, file), "utf8");
  writeFileSync(target, ts.transpileModule(source, { compilerOptions: COMPILER_OPTIONS }).outputText);
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
    const entry = join(OUTPUT, "src/node/main.js");
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

  /** Resolves when an event of this name is in the log. */
  logged(event: string): Promise<void> {
    return this.#until(() => this.stderr.includes(`"event":"${event}"`));
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
