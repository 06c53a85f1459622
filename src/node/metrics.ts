/** Counters of one node in the Prometheus text format 0.0.4. Names end in their unit; labels take their values from fixed lists. */

export const METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/** Upper bounds of the histogram's buckets, in seconds. */
const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];

export interface Gauge {
  readonly help: string;
  /** Asked when the metrics are shown; undefined leaves the gauge out. */
  readonly read: () => number | undefined;
}

interface Counter {
  readonly help: string;
  readonly label: string;
  readonly values: Map<string, number>;
}

export class Metrics {
  readonly #counters = {
    nkms_reencrypt_total: counter("Re-encryption requests by result: ok or the code of the refusal.", "result"),
    nkms_grants_total: counter("Grants by result: ok or the code of the refusal.", "result"),
    nkms_fractions_deleted_total: counter("Fractions deleted, by reason.", "reason"),
    nkms_policies_expired_total: counter("Policies that ran to their end.", ""),
  };
  readonly #buckets = new Array<number>(SECONDS.length).fill(0);
  #observations = 0;
  #sum = 0;

  /** `build` becomes the labels of nkms_build_info. */
  constructor(
    private readonly build: Readonly<Record<string, string>>,
    private readonly gauges: Readonly<Record<string, Gauge>>,
  ) {}

  count(name: "nkms_reencrypt_total" | "nkms_grants_total" | "nkms_fractions_deleted_total", value: string): void {
    increase(this.#counters[name], value);
  }

  countExpired(): void {
    increase(this.#counters.nkms_policies_expired_total, "");
  }

  /** Seconds from the request's arrival to its answer. */
  observeReencrypt(seconds: number): void {
    this.#observations++;
    this.#sum += seconds;
    SECONDS.forEach((bound, index) => {
      if (seconds <= bound) this.#buckets[index]++;
    });
  }

  text(): string {
    const counters = Object.entries(this.#counters).flatMap(([name, value]) => counterLines(name, value));
    const gauges = Object.entries(this.gauges).flatMap(([name, gauge]) => gaugeLines(name, gauge));
    return [...counters, ...this.#histogramLines(), ...gauges, ...this.#buildLines()].join("\n") + "\n";
  }

  #histogramLines(): string[] {
    const name = "nkms_reencrypt_seconds";
    return [
      ...heading(name, "Seconds to answer a re-encryption request.", "histogram"),
      ...SECONDS.map((bound, index) => `${name}_bucket{le="${bound}"} ${this.#buckets[index]}`),
      `${name}_bucket{le="+Inf"} ${this.#observations}`,
      `${name}_sum ${this.#sum}`,
      `${name}_count ${this.#observations}`,
    ];
  }

  #buildLines(): string[] {
    const labels = Object.entries(this.build).map(([label, value]) => `${label}="${value}"`);
    return [...heading("nkms_build_info", "Always 1.", "gauge"), `nkms_build_info{${labels.join(",")}} 1`];
  }
}

function counter(help: string, label: string): Counter {
  return { help, label, values: new Map(label === "" ? [["", 0]] : []) };
}

function increase({ values }: Counter, value: string): void {
  values.set(value, (values.get(value) ?? 0) + 1);
}

function heading(name: string, help: string, type: string): string[] {
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`];
}

function counterLines(name: string, { help, label, values }: Counter): string[] {
  const lines = [...values].map(([value, count]) => `${name}${label && `{${label}="${value}"}`} ${count}`);
  return [...heading(name, help, "counter"), ...lines];
}

function gaugeLines(name: string, { help, read }: Gauge): string[] {
  const value = read();
  return value === undefined ? [] : [...heading(name, help, "gauge"), `${name} ${value}`];
}
