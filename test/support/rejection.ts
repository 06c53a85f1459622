import { NkmsError } from "../../src/errors";

/** The NkmsError a promise rejects with; anything else fails the test. */
export async function rejection(promise: Promise<unknown>): Promise<NkmsError> {
  const error = await promise.then(
    () => new Error("The promise was fulfilled; a rejection was expected."),
    (reason: unknown) => reason,
  );
  if (error instanceof NkmsError) return error;
  throw error;
}

/** The NkmsError a call throws; anything else fails the test. */
export function thrown(call: () => unknown): NkmsError {
  try {
    call();
  } catch (error) {
    if (error instanceof NkmsError) return error;
    throw error;
  }
  throw new Error("The call returned; an error was expected.");
}
