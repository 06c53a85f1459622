import { expect } from "chai";
import { config } from "hardhat";

describe("comparisons of tests", () => {
  it("go past Hardhat's matchers", () => {
    expect(config.mocha.require?.slice(1)).to.include("./test/support/sameValues.ts");
  });

  const holder = () => ({ amount: 5n, bytes: Uint8Array.of(1, 2), path: ["a", { b: undefined }] });

  it("let pass what is the same", () => {
    const one = holder();
    expect(one).to.equal(one);
    expect("a").to.equal("a");
    expect(holder()).to.deep.equal(holder());
    expect(one).to.not.equal(holder());
    expect(one).to.not.deep.equal({ ...one, amount: 6n });
  });

  it("let nothing else pass", () => {
    const one = holder();
    for (const other of [holder(), "a", 5, undefined]) {
      expect(() => expect(one).to.equal(other)).to.throw("to equal");
      expect(() => expect(other).to.eq(one)).to.throw("to equal");
    }
    for (const change of [{ amount: 6n }, { bytes: Uint8Array.of(1, 3) }, { path: ["a", {}] }, { more: undefined }])
      expect(() => expect(one).to.deep.equal({ ...one, ...change })).to.throw("to deeply equal");
    expect(() => expect(one).to.not.equal(one)).to.throw("to not equal");
    expect(() => expect(one).to.not.deep.equal(holder())).to.throw("to not deeply equal");
    expect(() => expect([1, 2]).to.have.length(3)).to.throw("length of 3");
  });

  it("leave promises to those who wait for them", async () => {
    const eventually = (value: unknown) =>
      (expect(Promise.resolve(value)).to as unknown as { eventually: Chai.Assertion }).eventually;
    const failure = (wait: unknown) => Promise.resolve(wait).then(() => "none", String);
    expect(await failure(eventually(5).equal(5))).to.equal("none");
    expect(await failure(eventually(5).equal(6))).to.include("expected 5 to equal 6");
    expect(await failure(eventually([5]).deep.equal([6]))).to.include("to deeply equal");
    expect(() => expect(Promise.resolve(5)).to.deep.equal(Promise.resolve(6))).to.throw("to deeply equal");
  });

  it("are of numbers whatever their type", () => {
    expect(5n).to.equal(5);
    expect({ amount: 5n }).to.deep.equal({ amount: 5 });
    expect(() => expect(5n).to.equal(6)).to.throw("expected 5 to equal 6");
  });
});
