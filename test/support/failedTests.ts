/**
 * Test files run in processes of their own, which tell of their tests in JSON. JSON has no bigint: as a value of an error one would hide
 * which test failed, and how; nor can it say what holds itself. So what is told is told with texts in their place.
 */
const send = process.send?.bind(process);

if (send) {
  process.send = (message: unknown, ...rest: unknown[]) =>
    (send as (...all: unknown[]) => boolean)(told(message), ...rest);
}

function told(message: unknown): unknown {
  return JSON.parse(JSON.stringify(plain(message, [])) ?? "null");
}

/** A copy that JSON can say; `around` are the objects it stands in. */
function plain(part: unknown, around: readonly object[]): unknown {
  if (typeof part === "bigint") return `${part}n`;
  if (typeof part !== "object" || part === null) return part;
  if (around.includes(part)) return "[circular]";
  const said = "toJSON" in part && typeof part.toJSON === "function" ? (part.toJSON as () => unknown)() : part;
  if (typeof said !== "object" || said === null) return plain(said, around);
  const within = [...around, part];
  if (Array.isArray(said)) return said.map((one) => plain(one, within));
  return Object.fromEntries(Object.entries(said).map(([key, one]) => [key, plain(one, within)]));
}
