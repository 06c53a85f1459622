import { expect } from "chai";
import { hkdfSync } from "node:crypto";

import { toHex } from "../../../src/bytes";
import { umbral } from "../../../src/crypto/umbral";
import { clientKeys, nodeKeys, pathKeyPair } from "../../../src/protocol/keys";
import { thrown } from "../../support/errors";
import { seededRandom } from "../../support/seededRandom";

const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

describe("keys", () => {
  const engine = umbral();
  const seed = seededRandom("keys")(64);
  const client = clientKeys(seed, engine);
  const node = nodeKeys(seed, engine);

  /** HKDF by node:crypto and the reduction to [1, n-1], independent of the code under test. */
  function expected(label: string): string {
    const wide = BigInt("0x" + Buffer.from(hkdfSync("sha256", seed, "", label, 64)).toString("hex"));
    return "0x" + ((wide % (ORDER - 1n)) + 1n).toString(16).padStart(64, "0");
  }

  it("derives each key from the seed by its own label", () => {
    const secrets: Record<string, Uint8Array> = {
      "nkms/v1/recipient": client.recipient.secretKey,
      "nkms/v1/request-signer": client.requestSigner.secretKey,
      "nkms/v1/voucher": client.voucherSigner.secretKey,
      "nkms/v1/signing": client.signing.secretKey,
      "nkms/v1/store": client.storeKey,
      "nkms/v1/note": client.noteKey,
      "nkms/v1/worker": node.worker.secretKey,
      "nkms/v1/node": node.encryption.secretKey,
      "nkms/v1/node-store": node.storeKey,
      "nkms/v1/path/file://docs/plan.txt": pathKeyPair(seed, "file://docs/plan.txt", engine).secretKey,
    };
    for (const [label, secret] of Object.entries(secrets)) expect(toHex(secret), label).to.equal(expected(label));
    expect(new Set(Object.values(secrets).map(toHex)).size).to.equal(10);
  });

  it("pairs secrets with their public halves", () => {
    expect(client.recipient.publicKey).to.deep.equal(engine.publicKeyOf(client.recipient.secretKey));
    expect(client.requestSigner.address).to.match(/^0x[0-9a-f]{40}$/);
  });

  it("has no key for a path that is not in its one spelling", () => {
    expect(thrown(() => pathKeyPair(seed, "docs/plan.txt", engine)).code).to.equal("E_BAD_PATH");
  });
});
