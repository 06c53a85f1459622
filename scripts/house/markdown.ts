/** Fenced blocks of a Markdown text, without their fences. */
const FENCES = /^(```+|~~~+)[^\n]*\n[\s\S]*?^\1[^\n]*$/gm;

/** Targets of links and images that lead into this repository, as written; fenced blocks and inline code hold none. */
export function relativeLinks(text: string): string[] {
  const prose = text.replace(FENCES, "").replace(/`[^`\n]*`/g, "");
  const targets = [...prose.matchAll(/\]\(\s*<?([^)\s>]+)>?[^)]*\)/g)].map((match) => match[1]);
  return targets.filter((target) => !/^[a-z][a-z0-9+.-]*:/i.test(target));
}

/** Anchors of the headings, made as GitHub makes them; the second heading of one name gets "-1". */
export function anchorsOf(text: string): string[] {
  const seen = new Map<string, number>();
  return [...text.replace(FENCES, "").matchAll(/^#{1,6}\s+(.+?)\s*#*$/gm)].map(([, heading]) => {
    const anchor = heading
      .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, "")
      .replace(/\s/g, "-");
    const times = seen.get(anchor) ?? 0;
    seen.set(anchor, times + 1);
    return times === 0 ? anchor : `${anchor}-${times}`;
  });
}

/** Names of package scripts the text tells a reader to run with `npm run`. */
export function npmScripts(text: string): string[] {
  return [...text.matchAll(/\bnpm run(?: -s| --silent)? ([a-z][\w:-]*)/g)].map((match) => match[1]);
}

const TAKES_VALUE = new Set(["--network", "--config", "--tsconfig", "--max-memory"]);

/** Names of tasks the text tells a reader to run with `npx hardhat`, whatever global options stand before them. */
export function hardhatTasks(text: string): string[] {
  return [...text.matchAll(/\bnpx hardhat((?: +[^\s`|&;<>)]+)+)/g)].flatMap(([, rest]) => {
    const words = rest.trim().split(/ +/);
    const task = words.find((word, index) => !word.startsWith("--") && !TAKES_VALUE.has(words[index - 1] ?? ""));
    return task && /^[a-z][\w:-]*$/.test(task) ? [task] : [];
  });
}

/** The contents of a text's fenced blocks of one language. */
export function codeBlocks(text: string, language: string): string[] {
  return [...text.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].flatMap(([, name, code]) =>
    name === language ? [code] : [],
  );
}
