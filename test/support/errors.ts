import { NkmsError } from "../../src/errors";

/** The NkmsError that the promise rejects with; anything else fails the test. */
export async function rejection(promise: Promise<unknown>): Promise<NkmsError> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof NkmsError) return error;
    throw error;
  }
  throw new Error("expected a rejection");
}

/** The NkmsError that the call throws; anything else fails the test, which tells what it is about. */
export function thrown(call: () => unknown, about = "expected an error"): NkmsError {
  try {
    call();
  } catch (error) {
    if (error instanceof NkmsError) return error;
    throw error;
  }
  throw new Error(`${about}: nothing was thrown`);
}
