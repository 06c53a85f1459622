import { expect } from "chai";
import { stat, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { useTaskWorld } from "../support/taskWorld";

const PHRASE = "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about";
const ADDRESS = "0x9858EfFD232B4033E47d90003D41EC34EcaEda94";

describe("task key", () => {
  const world = useTaskWorld();

  it("makes a key whose words are shown once, to people only", async () => {
    const shown = await world().run("key:new", { name: "cid", light: true });
    expect(shown.exitCode).to.equal(0);
    const words = shown.stdout.match(/(?:^ {4}(?:[a-z]+ ){5}[a-z]+$\n){4}/m);
    expect(words, shown.stdout).not.to.equal(null);
    const { value } = await world().json("key:new", { name: "dov", light: true });
    expect(Object.keys(value)).to.have.members(["ok", "name", "address", "file"]);
    expect((await stat(value.file)).mode & 0o777).to.equal(0o600);
    expect((await world().json("key:show")).value.keys.map(({ name }: { name: string }) => name)).to.include.members([
      "ada",
      "bea",
      "cid",
      "dov",
    ]);
  });

  it("makes the key of given words and shows its public keys", async () => {
    const phraseFile = join(world().home, "words");
    await writeFile(phraseFile, ` ${PHRASE.replaceAll(" ", "\n")}\n`);
    const { value } = await world().json("key:new", { name: "eli", phraseFile, light: true });
    expect(value.address).to.equal(ADDRESS);
    const keys = (await world().json("key:show", { name: "eli", keys: true })).value;
    expect(keys.address).to.equal(ADDRESS);
    for (const key of ["encryptionKey", "verifyingKey", "nodeEncryptionKey"])
      expect(keys[key]).to.match(/^0x0[23][0-9a-f]{64}$/);
    for (const signer of ["requestSigner", "worker"]) expect(keys[signer]).to.match(/^0x[0-9a-f]{40}$/);
    expect(new Set(Object.values(keys)).size).to.equal(Object.keys(keys).length);
  });

  it("refuses to overwrite, short passwords and unreadable words", async () => {
    const again = await world().json("key:new", { name: "ada", light: true });
    expect([again.exitCode, again.value.error.code]).to.deep.equal([5, "E_KEY_EXISTS"]);
    const name = await world().json("key:new", { name: "../ada" });
    expect([name.exitCode, name.value.error.code]).to.deep.equal([2, "E_KEY_NAME"]);
    const words = await world().json("key:new", { name: "fay", phraseFile: "/nowhere" });
    expect([words.exitCode, words.value.error.code]).to.deep.equal([2, "E_USAGE"]);
  });

  it("asks twice for a new password on a terminal and shows neither", async () => {
    const answers = ["long enough", "another one"];
    const passwordFile = process.env.NKMS_PASSWORD_FILE;
    delete process.env.NKMS_PASSWORD_FILE;
    const notes: string[] = [];
    const terminal = {
      interactive: true,
      ask: () => Promise.reject(new Error("passwords are not shown")),
      askHidden: () => Promise.resolve(answers.shift()!),
      note: (line: string) => void notes.push(line),
    };
    const report = await world().run("key:new", { name: "gus", light: true }, { terminal });
    process.env.NKMS_PASSWORD_FILE = passwordFile;
    expect(report.exitCode).to.equal(2);
    expect(report.stderr).to.contain("The two passwords differ.");
    expect(report.stdout + report.stderr + notes.join()).not.to.match(/long enough|another one/);
  });

  it("needs a password where nobody can be asked, and the right one", async () => {
    const passwordFile = process.env.NKMS_PASSWORD_FILE!;
    delete process.env.NKMS_PASSWORD_FILE;
    const none = await world().json("key:show", { name: "ada", keys: true });
    const wrong = join(world().home, "wrong");
    await writeFile(wrong, "wrong horse\n");
    process.env.NKMS_PASSWORD_FILE = wrong;
    const refused = await world().json("key:show", { name: "ada", keys: true });
    process.env.NKMS_PASSWORD_FILE = `${wrong}.absent`;
    const absent = await world().json("key:show", { name: "ada", keys: true });
    process.env.NKMS_PASSWORD_FILE = passwordFile;
    expect([none.exitCode, none.value.error.code]).to.deep.equal([2, "E_PASSWORD_NEEDED"]);
    expect([refused.exitCode, refused.value.error.code]).to.deep.equal([5, "E_WRONG_PASSWORD"]);
    expect(JSON.stringify(refused.value)).not.to.contain("horse");
    expect([absent.exitCode, absent.value.error.code]).to.deep.equal([5, "E_PASSWORD_FILE"]);
  });
});
