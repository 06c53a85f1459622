import { NkmsError } from "../errors";
import type { Clock } from "./clock";

/** The promise's result, or E_RPC_TIMEOUT after `ms`. */
export async function withDeadline<T>(promise: Promise<T>, ms: number, clock: Clock): Promise<T> {
  let cancel = () => {};
  const late = new Promise<never>((_resolve, reject) => {
    cancel = clock.schedule(ms, () => reject(rpcTimeout(ms)));
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    cancel();
  }
}

function rpcTimeout(ms: number): NkmsError {
  return new NkmsError("E_RPC_TIMEOUT", `The chain's RPC server did not answer in ${ms} ms.`, {
    fix: "Check the RPC server.",
    data: { milliseconds: ms },
  });
}
