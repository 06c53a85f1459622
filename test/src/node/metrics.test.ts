import { expect } from "chai";

import { Metrics } from "../../../src/node/metrics";

describe("Metrics", () => {
  it("are text that Prometheus reads: help and type once per name, then samples", () => {
    const now: { stake?: number } = {};
    const metrics = new Metrics({ version: "1.2.3" }, { nkms_stake_tokens: { help: "Stake.", read: () => now.stake } });
    metrics.count("nkms_reencrypt_total", "ok");
    metrics.count("nkms_reencrypt_total", "ok");
    metrics.count("nkms_reencrypt_total", "E_REVOKED");
    metrics.observeReencrypt(0.004);
    metrics.observeReencrypt(0.3);
    metrics.observeReencrypt(60);
    expect(metrics.text()).not.to.contain("nkms_stake_tokens");
    now.stake = 45_000.5;
    const lines = metrics.text().split("\n");
    expect(lines.pop()).to.equal("");
    for (const line of lines) {
      expect(line).to.match(/^(# (HELP|TYPE) nkms_\w+ .+|nkms_\w+(\{\w+="[\w.+]*"(,\w+="[\w.+]*")*\})? [0-9.e+]+)$/);
    }
    const typed = lines.filter((line) => line.startsWith("# TYPE")).map((line) => line.split(" ")[2]);
    expect(new Set(typed).size).to.equal(typed.length);
    expect(lines).to.include.members([
      'nkms_reencrypt_total{result="ok"} 2',
      'nkms_reencrypt_total{result="E_REVOKED"} 1',
      "# TYPE nkms_reencrypt_seconds histogram",
      'nkms_reencrypt_seconds_bucket{le="0.0025"} 0',
      'nkms_reencrypt_seconds_bucket{le="0.005"} 1',
      'nkms_reencrypt_seconds_bucket{le="0.25"} 1',
      'nkms_reencrypt_seconds_bucket{le="0.5"} 2',
      'nkms_reencrypt_seconds_bucket{le="2.5"} 2',
      'nkms_reencrypt_seconds_bucket{le="+Inf"} 3',
      "nkms_reencrypt_seconds_sum 60.304",
      "nkms_reencrypt_seconds_count 3",
      "nkms_policies_expired_total 0",
      "nkms_stake_tokens 45000.5",
      'nkms_build_info{version="1.2.3"} 1',
    ]);
  });
});
