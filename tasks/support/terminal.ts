/** The terminal as tasks use it: questions go to stderr, so that stdout holds nothing but the result. */
import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";

/** What a task may ask and show besides its result. */
export interface Terminal {
  /** Whether somebody can answer. */
  interactive: boolean;
  ask(question: string): Promise<string>;
  /** Asks without showing what is typed. */
  askHidden(question: string): Promise<string>;
  note(line: string): void;
}

export const processTerminal: Terminal = {
  interactive: Boolean(process.stdin.isTTY && process.stderr.isTTY),
  ask: (question) => askOn(process.stderr, question),
  async askHidden(question) {
    process.stderr.write(question);
    const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
    const answer = await askOn(silent, "");
    process.stderr.write("\n");
    return answer;
  },
  note: (line) => void process.stderr.write(`${line}\n`),
};

async function askOn(output: NodeJS.WritableStream, question: string): Promise<string> {
  const reader = createInterface({ input: process.stdin, output, terminal: true });
  try {
    return await reader.question(question);
  } finally {
    reader.close();
  }
}
