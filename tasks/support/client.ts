/** A client for tasks that do what an app does. */
import type { Chain } from "../../src/chain/connection";
import { contextOf } from "../../src/client/connect";
import type { Context } from "../../src/client/context";
import { umbral } from "../../src/crypto/umbral";
import type { Session } from "./session";

/** What a client's verbs work with, for the identity that `--from` names or another, and its connection, which the session closes. */
export async function openClient(
  session: Session,
  name = session.required("from"),
): Promise<{ chain: Chain; context: Context }> {
  const identity = await session.identity(name);
  const chain = await session.connect(identity.account);
  return { chain, context: contextOf({}, identity, chain, umbral()) };
}
