import { type Import, importsOf, reExportsOf, type SourceTree } from "./imports";

/** The table in rules.json: who may import whom, who may hand names on, and how long files may be. */
export interface Rooms {
  /** Room folder to the rooms and packages it may import besides itself. */
  readonly typescript: Readonly<
    Record<string, { readonly rooms: readonly string[]; readonly packages: readonly string[] }>
  >;
  /** Modules every room may import and which import only each other, without extension. */
  readonly open: readonly string[];
  /** Modules which may re-export, without extension. */
  readonly barrels: readonly string[];
  /** Contract rooms from the lowest to the highest; equals are joined by "|". */
  readonly solidity: readonly string[];
  /** The first entry that fits a file is its cap. */
  readonly lines: readonly { readonly under: string; readonly extension: string; readonly most: number }[];
}

/** Imports of TypeScript rooms that the table does not allow, one sentence each. */
export function forbiddenImports(tree: SourceTree, rooms: Rooms): string[] {
  return [...tree.keys()].flatMap((path) => {
    const room = roomOf(path, rooms);
    if (!path.endsWith(".ts") || !room) return [];
    return importsOf(path, tree)
      .filter((imported) => !isAllowed(path, room, imported, rooms))
      .map((imported) => `${path} imports ${imported.target ?? imported.specifier}`);
  });
}

/** Files other than the table's barrels that re-export or are named index. */
export function barrels(tree: SourceTree, rooms: Rooms): string[] {
  return [...tree].flatMap(([path, text]) => {
    if (!path.endsWith(".ts") || !roomOf(path, rooms) || rooms.barrels.includes(stem(path))) return [];
    if (path.endsWith("/index.ts")) return [`${path} is an index`];
    return reExportsOf(text).map((specifier) => `${path} re-exports ${specifier}`);
  });
}

/** Files longer than their cap. */
export function oversized(tree: SourceTree, rooms: Rooms): string[] {
  return [...tree].flatMap(([path, text]) => {
    const cap = rooms.lines.find(({ under, extension }) => path.startsWith(under) && path.endsWith(extension));
    const lines = text.replace(/\n$/, "").split("\n").length;
    return cap && lines > cap.most ? [`${path} has ${lines} lines, at most ${cap.most}`] : [];
  });
}

/** The room a file lives in: the longest folder of the table that holds it. */
function roomOf(path: string, rooms: Rooms): string | undefined {
  return Object.keys(rooms.typescript)
    .filter((room) => path.startsWith(`${room}/`))
    .sort((a, b) => b.length - a.length)[0];
}

function isAllowed(path: string, room: string, { specifier, target }: Import, rooms: Rooms): boolean {
  const { rooms: allowed, packages } = rooms.typescript[room];
  if (target === undefined) return packages.some((name) => isPackage(specifier, name));
  if (rooms.open.includes(stem(target))) return true;
  if (rooms.open.includes(stem(path))) return false;
  return [room, ...allowed].some((folder) => target === folder || target.startsWith(`${folder}/`));
}

/** A table entry ending in "/" or ":" is a prefix ("node:", "@noble/"); any other is a package with its sub-paths. */
function isPackage(specifier: string, name: string): boolean {
  return /[/:]$/.test(name) ? specifier.startsWith(name) : specifier === name || specifier.startsWith(`${name}/`);
}

function stem(path: string): string {
  return path.replace(/\.ts$/, "");
}
