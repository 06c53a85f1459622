import { readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { compileFunction } from "node:vm";

import ts from "typescript";

const ROOT = join(__dirname, "../..");
const COMPILER = { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 };

/** Names that only Node has. A module sees them undefined, and a global object that lacks them too. */
const OF_NODE = ["process", "Buffer", "global", "setImmediate", "__dirname", "__filename"];
const PAGE = Object.freeze({ crypto: globalThis.crypto, TextDecoder, TextEncoder });

type Exports = Record<string, unknown>;

/** Our modules as a page runs them: compiled from their sources, without Node's globals and modules, and with no package but noble's. */
export class BrowserRealm {
  /** Modules that were asked for and that a browser does not have, in order. */
  readonly refused: string[] = [];
  readonly #modules = new Map<string, Exports>();

  /** The exports of a module by its path from the repository's root. */
  load<T>(path: string): T {
    return this.#require(join(ROOT, path)) as T;
  }

  /** Paths of all modules loaded so far, from the repository's root. */
  get loaded(): string[] {
    return [...this.#modules.keys()].map((path) => relative(ROOT, path));
  }

  #require(path: string): Exports {
    const known = this.#modules.get(path);
    if (known) return known;
    const exports: Exports = {};
    this.#modules.set(path, exports);
    const compilation = { compilerOptions: COMPILER, fileName: path };
    const { outputText } = ts.transpileModule(readFileSync(path, "utf8"), compilation);
    const run = compileFunction(outputText, ["exports", "require", "globalThis", ...OF_NODE], { filename: path });
    run(exports, (specifier: string) => this.#require(this.#resolve(path, specifier)), PAGE);
    return exports;
  }

  #resolve(from: string, specifier: string): string {
    if (specifier.startsWith("@noble/")) return join(ROOT, "node_modules", specifier);
    const target = join(dirname(from), specifier);
    if (specifier.startsWith(".")) return target.endsWith(".js") ? target : `${target}.ts`;
    this.refused.push(specifier);
    throw new Error(`${specifier} does not exist in a browser`);
  }
}
