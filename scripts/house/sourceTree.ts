import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";

/**
 * Reads all files under some folders of `root` whose name ends with one of the extensions.
 * @returns path from the root (with "/") to text, sorted by path; a folder that does not exist yields nothing.
 */
export function readTree(root: string, folders: readonly string[], extensions: readonly string[]): Map<string, string> {
  const paths = folders
    .map((folder) => join(root, folder))
    .filter(existsSync)
    .flatMap((folder) => readdirSync(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && extensions.some((extension) => entry.name.endsWith(extension)))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  return new Map(paths.map((path) => [relative(root, path).split(sep).join("/"), readFileSync(path, "utf8")]));
}
