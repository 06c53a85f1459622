import { expect } from "chai";

import { networkOf, TokenBuckets } from "../../../src/node/tokenBuckets";
import { TestClock } from "../../support/node/testClock";

describe("TokenBuckets", () => {
  const setUp = (perSecond: number, burst: number, maxKeys = 10) => {
    const clock = new TestClock(0);
    return { clock, buckets: new TokenBuckets({ perSecond, burst }, clock, maxKeys) };
  };

  it("lets a burst through, then says how long to wait", () => {
    const { buckets } = setUp(0.25, 2);
    expect([1, 2, 3].map(() => buckets.take("a"))).to.deep.equal([0, 0, 4]);
  });

  it("regains its rate and never more than the burst", () => {
    const { clock, buckets } = setUp(2, 3);
    for (let taken = 0; taken < 3; taken++) buckets.take("a");
    clock.advance(499);
    expect(buckets.take("a")).to.equal(1);
    clock.advance(1);
    expect(buckets.take("a")).to.equal(0);
    clock.advance(3_600_000);
    expect([1, 2, 3, 4].map(() => buckets.take("a"))).to.deep.equal([0, 0, 0, 1]);
  });

  it("passes rate * time + burst requests of a steady flood, no more", () => {
    const { clock, buckets } = setUp(10, 20);
    let passed = 0;
    for (let millisecond = 0; millisecond < 10_000; millisecond += 5) {
      if (buckets.take("flood") === 0) passed++;
      clock.advance(5);
    }
    expect(passed).to.be.within(119, 120);
  });

  it("keeps keys apart, and forgets the one untouched for longest", () => {
    const { buckets } = setUp(1, 1, 2);
    expect(["a", "b"].map((key) => buckets.take(key))).to.deep.equal([0, 0]);
    expect(["a", "c"].map((key) => buckets.take(key))).to.deep.equal([1, 0]);
    expect(["a", "c", "b"].map((key) => buckets.take(key))).to.deep.equal([1, 1, 0]);
  });
});

describe("networkOf", () => {
  const cases: [string, string][] = [
    ["192.0.2.7", "192.0.2.7"],
    ["::ffff:192.0.2.7", "192.0.2.7"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
    ["2001:db8:1:2::9", "2001:db8:1:2::/64"],
    ["2001:db8::1", "2001:db8:0:0::/64"],
    ["2001:db8:1:2:3::", "2001:db8:1:2::/64"],
    ["::1", "0:0:0:0::/64"],
    ["fe80::1", "fe80:0:0:0::/64"],
  ];
  for (const [ip, network] of cases) it(`of ${ip} is ${network}`, () => expect(networkOf(ip)).to.equal(network));

  it("takes as much of an IPv6 address as it is told, and always the whole of an IPv4 address", () => {
    expect(networkOf("2001:db8:1:2::9", 48)).to.equal("2001:db8:1::/48");
    expect(networkOf("2001:db8::1", 48)).to.equal("2001:db8:0::/48");
    expect(networkOf("192.0.2.7", 48)).to.equal("192.0.2.7");
  });
});
