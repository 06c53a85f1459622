import { expect } from "chai";
import { chmod, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { useTaskWorld } from "../support/taskWorld";

const PHRASE = "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about";
const ADDRESS = "0x9858EfFD232B4033E47d90003D41EC34EcaEda94";

describe("task key", () => {
  const world = useTaskWorld();

  const WORDS = /(?:^ {4}(?:[a-z]+ ){5}[a-z]+$\n){4}/m;
  const onTerminal = (notes: string[]) => ({
    interactive: true,
    ask: () => Promise.reject(new Error("nothing to ask")),
    askHidden: () => Promise.reject(new Error("the password is in a file")),
    note: (line: string) => void notes.push(`${line}\n`),
  });

  it("makes a key whose words are shown once, on a terminal and nowhere else", async () => {
    const notes: string[] = [];
    const shown = await world().run("key:new", { name: "cid", light: true }, { terminal: onTerminal(notes) });
    expect(shown.exitCode).to.equal(0);
    expect(notes.join("")).to.match(WORDS);
    expect(shown.stdout + shown.stderr).not.to.match(WORDS);
    const { value } = await world().json("key:new", { name: "dov", light: true });
    expect(Object.keys(value)).to.have.members(["ok", "name", "address", "file", "backup"]);
    expect(value.backup).to.equal("none");
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

  it("shows no words where nobody looks, and says that the key has no backup", async () => {
    const piped = await world().run("key:new", { name: "hal", light: true });
    expect(piped.exitCode).to.equal(0);
    expect(piped.stdout).to.contain("This key has no backup");
    expect(piped.stdout + piped.stderr).not.to.match(WORDS);
  });

  it("writes the words to a file of the user's alone, from which the same key comes again", async () => {
    const phraseOut = join(world().home, "ivy.words");
    const { value } = await world().json("key:new", { name: "ivy", phraseOut, light: true });
    expect(value.backup).to.equal(phraseOut);
    expect((await stat(phraseOut)).mode & 0o777).to.equal(0o600);
    const again = await world().json("key:new", { name: "ivy2", phraseFile: phraseOut, light: true });
    expect(again.value).to.include({ address: value.address, backup: "given" });

    const taken = await world().json("key:new", { name: "jan", phraseOut, light: true });
    expect([taken.exitCode, taken.value.error.code]).to.deep.equal([2, "E_USAGE"]);
    const unused = join(world().home, "unused.words");
    const exists = await world().json("key:new", { name: "ivy", phraseOut: unused, light: true });
    expect([exists.exitCode, exists.value.error.code]).to.deep.equal([5, "E_KEY_EXISTS"]);
    const left = await stat(unused).catch(({ code }: NodeJS.ErrnoException) => code);
    expect(left).to.equal("ENOENT");
  });

  it("takes no password from a file that others can read", async () => {
    const open = join(world().home, "open");
    await writeFile(open, "correct horse battery\n");
    await chmod(open, 0o640);
    const passwordFile = process.env.NKMS_PASSWORD_FILE;
    process.env.NKMS_PASSWORD_FILE = open;
    const { exitCode, value } = await world().json("key:show", { name: "ada", keys: true });
    process.env.NKMS_PASSWORD_FILE = passwordFile;
    expect([exitCode, value.error.code]).to.deep.equal([5, "E_PASSWORD_FILE"]);
    expect(value.error.data).to.deep.equal({ file: open, mode: "0640" });
    expect(value.error.fix).to.equal(`chmod 600 ${open}`);
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
    await writeFile(wrong, "wrong horse\n", { mode: 0o600 });
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
