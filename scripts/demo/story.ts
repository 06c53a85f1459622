/** Tells the demo step by step: a line per step with its duration, then what it saw; or all of it as one JSON value. */
import { performance } from "node:perf_hooks";

const WIDTH = 78;
const SPINNER = ["|", "/", "-", "\\"];
const TICK_MS = 120;

/** What a step reports besides its lines: plain data for `--json`. */
export type Facts = Record<string, unknown>;

/** What a step can say while it runs. */
export interface Telling {
  /** Adds a line below the step's headline. */
  line: (text: string) => void;
  /** What is being waited for right now. */
  progress: (text: string) => void;
}

interface Told extends Facts {
  step: string;
  seconds: number;
}

export class Story {
  readonly #told: Told[] = [];
  readonly #started = performance.now();

  constructor(
    private readonly steps: number,
    private readonly json: boolean,
  ) {}

  /** Text outside the steps. */
  say(text: string): void {
    if (!this.json) process.stdout.write(text + "\n");
  }

  /** Runs a step and tells it. Its facts enter the JSON value under its title. */
  async step<T extends Facts>(title: string, run: (telling: Telling) => Promise<T>): Promise<T> {
    const headline = ` ${this.#told.length + 1}/${this.steps} ${title} `;
    const lines: string[] = [];
    const started = performance.now();
    const ticker = new Ticker(headline, this.json);
    try {
      const facts = await run({ line: (text) => lines.push(`     ${text}`), progress: (text) => ticker.show(text) });
      const seconds = round((performance.now() - started) / 1000);
      this.#told.push({ step: title, seconds, ...facts });
      ticker.stop();
      this.say([dotted(headline, `${seconds.toFixed(1)} s`), ...lines, ""].join("\n"));
      return facts;
    } finally {
      ticker.stop();
    }
  }

  /** Seconds since the story began. */
  get seconds(): number {
    return round((performance.now() - this.#started) / 1000);
  }

  /** Ends the story: in JSON mode this prints the one value. */
  end(facts: Facts): void {
    if (this.json) process.stdout.write(JSON.stringify({ ...facts, steps: this.#told }, plain, 2) + "\n");
  }
}

/** Shows on the terminal that something is being waited for. Silent where nobody watches. */
class Ticker {
  #text = "";
  #ticks = 0;
  readonly #timer?: NodeJS.Timeout;

  constructor(
    private readonly headline: string,
    json: boolean,
  ) {
    if (json || !process.stderr.isTTY) return;
    this.#timer = setInterval(() => this.#draw(), TICK_MS);
  }

  show(text: string): void {
    this.#text = text;
  }

  stop(): void {
    if (!this.#timer || this.#ticks === 0) return clearInterval(this.#timer);
    clearInterval(this.#timer);
    this.#ticks = 0;
    process.stderr.write(`\r${" ".repeat(WIDTH)}\r`);
  }

  #draw(): void {
    const line = `${this.headline}${SPINNER[this.#ticks++ % SPINNER.length]} ${this.#text}`;
    process.stderr.write(`\r${line.slice(0, WIDTH).padEnd(WIDTH)}`);
  }
}

function dotted(left: string, right: string): string {
  return `${left}${".".repeat(Math.max(1, WIDTH - left.length - right.length - 1))} ${right}`;
}

function round(seconds: number): number {
  return Math.round(seconds * 100) / 100;
}

function plain(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? value.toString() : value;
}
