import { expect } from "chai";

import { NkmsError } from "../../../src/errors";
import { decodeProblem, encodeProblem } from "../../../src/protocol/problem";

describe("problem", () => {
  it("carries code, explanation and values, integers as decimal strings", () => {
    const error = new NkmsError("E_FEE_TOO_LOW", "The fee is too low.", {
      why: "This node asks more.",
      fix: "Offer at least 7.",
      data: { got: 5n, min: 7n, nested: { list: [1, "a", true, null] } },
    });
    expect(decodeProblem(encodeProblem(error)).toJSON()).to.deep.equal({
      code: "E_FEE_TOO_LOW",
      message: "The fee is too low.",
      why: "This node asks more.",
      fix: "Offer at least 7.",
      data: { got: "5", min: "7", nested: { list: [1, "a", true, null] } },
    });
  });

  it("leaves out what is not known", () => {
    expect(encodeProblem(new NkmsError("E_RATE", "Too many."))).to.equal(
      '{"code":"E_RATE","message":"Too many.","data":{}}',
    );
  });

  for (const [name, body] of Object.entries({
    "a code of another form": '{"code":"oops","message":"x","data":{}}',
    "control characters": '{"code":"E_X","message":"\\u001b[31m","data":{}}',
    "a C1 control character": '{"code":"E_X","message":"\\u009b2J","data":{}}',
    "a raw C1 control character": '{"code":"E_X","message":"\u009b2J","data":{}}',
    "a mark that turns the direction": '{"code":"E_X","message":"x","why":"\\u202egnp","data":{}}',
    "an isolate that turns the direction": '{"code":"E_X","message":"x","fix":"\\u2067gnp","data":{}}',
    "a line separator": '{"code":"E_X","message":"x\\u2028y","data":{}}',
    "a control character among the values": '{"code":"E_X","message":"x","data":{"a":[{"b":"\\u009b2J"}]}}',
    "one in the name of a value": '{"code":"E_X","message":"x","data":{"\\u202egnp":1}}',
    "a message past its limit": JSON.stringify({ code: "E_X", message: "x".repeat(1_001), data: {} }),
    "no data": '{"code":"E_X","message":"x"}',
  })) {
    it(`refuses ${name}`, () => {
      expect(() => decodeProblem(body))
        .to.throw(NkmsError)
        .with.property("code", "E_SCHEMA");
    });
  }
});
