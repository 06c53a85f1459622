const SIZE = { width: 640, height: 400, left: 70, right: 90, top: 20, bottom: 45 };
const COLOURS = ["#0b6e99", "#c2410c", "#4d7c0f", "#7e22ce"];

/** An SVG of curves over a logarithmic axis of sizes; the vertical axis begins at 0. */
export function plot(sizes: readonly number[], curves: Readonly<Record<string, readonly number[]>>): string {
  const most = Math.max(...Object.values(curves).flat());
  const step = 50_000;
  const top = Math.ceil(most / step) * step;
  const [first, last] = [Math.log(sizes[0]), Math.log(sizes[sizes.length - 1])];
  const x = (size: number) =>
    Math.round(SIZE.left + ((Math.log(size) - first) / (last - first)) * (SIZE.width - SIZE.left - SIZE.right));
  const y = (gas: number) =>
    Math.round(SIZE.height - SIZE.bottom - (gas / top) * (SIZE.height - SIZE.top - SIZE.bottom));
  const ticks = Array.from({ length: top / step + 1 }, (_, i) => i * step);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${SIZE.width} ${SIZE.height}" font-family="sans-serif" font-size="12">`,
    `<rect width="100%" height="100%" fill="#ffffff"/>`,
    ...ticks.map((gas) => gridLine(y(gas), gas.toLocaleString("en"))),
    ...sizes.map((size) => label(x(size), SIZE.height - 25, size.toLocaleString("en"), "middle")),
    label(SIZE.width / 2, SIZE.height - 8, "nodes on the stake line", "middle"),
    label(8, 14, "gas", "start"),
    ...Object.entries(curves).flatMap(([name, values], i) => {
      const points = values.map((gas, j) => `${x(sizes[j])},${y(gas)}`);
      const colour = COLOURS[i % COLOURS.length];
      return [
        `<polyline points="${points.join(" ")}" fill="none" stroke="${colour}" stroke-width="2"/>`,
        label(SIZE.width - SIZE.right + 8, y(values[values.length - 1]) + 4, name, "start", colour),
      ];
    }),
    "</svg>\n",
  ].join("\n");
}

function gridLine(y: number, text: string): string {
  const line = `<line x1="${SIZE.left}" x2="${SIZE.width - SIZE.right}" y1="${y}" y2="${y}" stroke="#dddddd"/>`;
  return `${line}\n${label(SIZE.left - 8, y + 4, text, "end")}`;
}

function label(x: number, y: number, text: string, anchor: string, colour = "#333333"): string {
  return `<text x="${x}" y="${y}" text-anchor="${anchor}" fill="${colour}">${text}</text>`;
}
