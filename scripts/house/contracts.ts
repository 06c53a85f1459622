import { posix } from "node:path";

import { importsOf, type SourceTree } from "./imports";
import type { Rooms } from "./rooms";

const INTERFACES = "contracts/interfaces/";
const LIBRARIES = "contracts/libraries/";
const MOCKS = "contracts/mocks/";

/**
 * Contract imports against the rule: a room imports itself, libraries and interfaces, never another room; an interface only
 * if the contract behind it lives in the same or a lower room. Interfaces and libraries import only their own kind, and a
 * library also interfaces without a contract (plain callbacks). Mocks, which are never deployed, are free.
 */
export function forbiddenContractImports(tree: SourceTree, rooms: Rooms): string[] {
  return [...tree.keys()].flatMap((path) => {
    if (!path.startsWith("contracts/") || path.startsWith(MOCKS)) return [];
    return importsOf(path, tree)
      .filter(({ specifier, target }) =>
        target === undefined
          ? !specifier.startsWith("@openzeppelin/contracts/")
          : !isAllowed(path, target, tree, rooms),
      )
      .map(({ specifier, target }) => `${path} imports ${target ?? specifier}`);
  });
}

function isAllowed(path: string, target: string, tree: SourceTree, rooms: Rooms): boolean {
  const folder = posix.dirname(path) + "/";
  if (target.startsWith(LIBRARIES)) return !path.startsWith(INTERFACES);
  if (!target.startsWith(INTERFACES)) return target.startsWith(roomFolder(folder));
  if (path.startsWith(INTERFACES)) return true;
  return seesInterface(folder, target, tree, rooms);
}

/** An interface belongs to the room of its contract (IName.sol to Name.sol); without a contract it is everybody's. */
function seesInterface(folder: string, target: string, tree: SourceTree, rooms: Rooms): boolean {
  const contract = posix.basename(target).replace(/^I/, "");
  const home = [...tree.keys()].find((path) => posix.basename(path) === contract && !path.startsWith(MOCKS));
  if (!home) return true;
  if (roomFolder(home) === roomFolder(folder)) return true;
  return rank(roomFolder(home), rooms) < rank(roomFolder(folder), rooms);
}

/** "contracts/staking/parts/A.sol" lives in "contracts/staking/". */
function roomFolder(path: string): string {
  return path.split("/").slice(0, 2).join("/") + "/";
}

/** A room's height; a folder the table does not name is below all, so it sees no room's interface. */
function rank(folder: string, rooms: Rooms): number {
  return rooms.solidity.findIndex((level) => level.split("|").some((room) => `${room}/` === folder));
}
