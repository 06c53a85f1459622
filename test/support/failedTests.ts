/**
 * Test files run in processes of their own, which tell of their tests in JSON. JSON has no bigint: as a value of an error one would hide
 * which test failed, and how. So what is told is told with texts in their place.
 */
const send = process.send?.bind(process);

if (send) {
  process.send = (message: unknown, ...rest: unknown[]) =>
    (send as (...all: unknown[]) => boolean)(told(message), ...rest);
}

function told(message: unknown): unknown {
  return JSON.parse(JSON.stringify(message, (_, part: unknown) => (typeof part === "bigint" ? `${part}n` : part)));
}
