import { posix } from "node:path";

import ts from "typescript";

/** A tree of sources: path from the repository's root (with "/") to text. Tests make such trees up. */
export type SourceTree = ReadonlyMap<string, string>;

/** One import as written, and where it leads: a path of the tree, or undefined for a package. */
export interface Import {
  readonly specifier: string;
  readonly target?: string;
}

/** Every import of a file: static, type-only, dynamic, `require` and re-export alike. */
export function importsOf(path: string, tree: SourceTree): Import[] {
  const text = tree.get(path) ?? "";
  const specifiers = path.endsWith(".sol") ? soliditySpecifiers(text) : typescriptSpecifiers(text);
  return specifiers.map((specifier) => ({ specifier, target: resolve(path, specifier, tree) }));
}

/** Modules whose names this file hands on (`export ... from`), which makes it a barrel. */
export function reExportsOf(text: string): string[] {
  const source = ts.createSourceFile("file.ts", text, ts.ScriptTarget.Latest);
  return source.statements.flatMap((statement) =>
    ts.isExportDeclaration(statement) && statement.moduleSpecifier && ts.isStringLiteral(statement.moduleSpecifier)
      ? [statement.moduleSpecifier.text]
      : [],
  );
}

function typescriptSpecifiers(text: string): string[] {
  return ts.preProcessFile(text, true, true).importedFiles.map((file) => file.fileName);
}

function soliditySpecifiers(text: string): string[] {
  const code = text.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, "");
  return [...code.matchAll(/\bimport\s[^;]*?"([^"]+)"[^;]*;/g)].map((match) => match[1]);
}

/** A relative specifier always leads somewhere, even if the file is missing; anything else is a package. */
function resolve(from: string, specifier: string, tree: SourceTree): string | undefined {
  if (!specifier.startsWith(".")) return undefined;
  const base = posix.normalize(posix.join(posix.dirname(from), specifier));
  return [base, `${base}.ts`, `${base}/index.ts`].find((candidate) => tree.has(candidate)) ?? base;
}
