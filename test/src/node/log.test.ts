import { expect } from "chai";

import { describeUnexpected, jsonLog, LEVELS } from "../../../src/node/log";
import { TestClock } from "../../support/node/testClock";

describe("jsonLog", () => {
  it("writes one JSON object per line, time, level and event first", () => {
    const lines: string[] = [];
    jsonLog("info", new TestClock(7), (line) => lines.push(line))("chain_found", { block: 5 });
    expect(lines).to.deep.equal(['{"time":7,"level":"info","event":"chain_found","block":5}']);
  });

  it("leaves out what is below its level", () => {
    const events = Object.keys(LEVELS) as (keyof typeof LEVELS)[];
    const written = (["error", "warn", "info", "debug"] as const).map((level) => {
      let count = 0;
      const log = jsonLog(level, new TestClock(0), () => count++);
      for (const event of events) log(event, {} as never);
      return count;
    });
    const upTo = (...levels: string[]) => events.filter((event) => levels.includes(LEVELS[event])).length;
    expect(written).to.deep.equal([upTo("error"), upTo("error", "warn"), upTo("error", "warn", "info"), events.length]);
  });
});

describe("describeUnexpected", () => {
  it("names the class and the place of an error, never its message", () => {
    const described = describeUnexpected("somewhere", new RangeError("canary\n    at canary"));
    expect(described).to.include({ where: "somewhere", name: "RangeError" });
    expect(described.frames).to.contain("log.test.ts");
    expect(described.frames).not.to.match(/\n|canary/);
  });

  it("takes anything that was thrown", () => {
    expect(describeUnexpected("somewhere", "canary")).to.deep.equal({ where: "somewhere", name: "string", frames: "" });
  });
});
