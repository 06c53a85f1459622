import { expect } from "chai";
import { encryptKeystoreJsonSync, Wallet } from "ethers";
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { toHex } from "../../../src/bytes";
import {
  createKeyFile,
  identityFromPhrase,
  keyFileAddress,
  keyFilePath,
  listKeyFiles,
  openKeyFile,
} from "../../../src/chain/identity";
import { rejection, thrown } from "../../support/errors";

// The first test vector of BIP-39 without passphrase, and the account that wallets show for its words.
const PHRASE = "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about";
const SEED =
  "0x5eb00bbddcf069084889a8ab9155568165f5c453ccb85e70811aaed6f6da5fc19a5ac40b389cd370d086206dec8aa6c43daea6690f20ad3d8d48b2d2ce9e38e4";
const ADDRESS = "0x9858EfFD232B4033E47d90003D41EC34EcaEda94";
const PASSWORD = "correct horse";

describe("identity", () => {
  let home: string;
  const newKey = (name: string) => createKeyFile({ home, name, password: PASSWORD, phrase: PHRASE, lightScrypt: true });

  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), "nkms-identity-"));
  });

  afterEach(() => rm(home, { recursive: true }));

  it("takes the seed and the account from the words as BIP-39 and BIP-44 say", () => {
    const identity = identityFromPhrase(PHRASE, "ada");
    expect(toHex(identity.seed)).to.equal(SEED);
    expect(identity.account.address).to.equal(ADDRESS);
    expect(identity.name).to.equal("ada");
  });

  it("refuses words whose checksum is wrong, without repeating them", () => {
    const error = thrown(() => identityFromPhrase(PHRASE.replace("about", "abandon")));
    expect(error.code).to.equal("E_BAD_MNEMONIC");
    expect(JSON.stringify(error)).not.to.contain("abandon");
  });

  it("keeps an identity in a file that only its owner can read, and opens it again", async () => {
    const created = await newKey("ada");
    expect(created).to.deep.equal({
      name: "ada",
      address: ADDRESS,
      file: join(home, "keys", "ada.json"),
      phrase: PHRASE,
    });
    expect((await stat(created.file)).mode & 0o777).to.equal(0o600);
    expect((await stat(join(home, "keys"))).mode & 0o777).to.equal(0o700);
    const identity = await openKeyFile({ home, name: "ada", password: PASSWORD });
    expect(toHex(identity.seed)).to.equal(SEED);
    expect(await keyFileAddress({ home, name: "ada" })).to.equal(ADDRESS);
    expect(await listKeyFiles(home)).to.deep.equal(["ada"]);
  });

  it("writes a file other wallets can open, with the standard work factor unless asked otherwise", async () => {
    const { file } = await createKeyFile({ home, name: "ada", password: PASSWORD });
    const keyFile = JSON.parse(await readFile(file, "utf8")) as { Crypto: { kdfparams: { n: number } } };
    expect(keyFile.Crypto.kdfparams.n).to.equal(131072);
    await newKey("light");
    const light = await readFile(keyFilePath({ home, name: "light" }), "utf8");
    expect((await Wallet.fromEncryptedJson(light, PASSWORD)).address).to.equal(ADDRESS);
  });

  it("makes different words each time", async () => {
    const [ada, bea] = await Promise.all(
      ["ada", "bea"].map((name) => createKeyFile({ home, name, password: PASSWORD, lightScrypt: true })),
    );
    expect(ada.phrase.split(" ")).to.have.length(24);
    expect(ada.phrase).not.to.equal(bea.phrase);
  });

  it("never overwrites a key file", async () => {
    const { file } = await newKey("ada");
    const before = await readFile(file, "utf8");
    const error = await rejection(newKey("ada"));
    expect(error.code).to.equal("E_KEY_EXISTS");
    expect(error.data).to.deep.equal({ name: "ada", file });
    expect(await readFile(file, "utf8")).to.equal(before);
  });

  it("refuses a wrong password and names neither the password nor the words", async () => {
    await newKey("ada");
    const error = await rejection(openKeyFile({ home, name: "ada", password: "wrong horse" }));
    expect(error.code).to.equal("E_WRONG_PASSWORD");
    expect(error.data).to.deep.equal({ name: "ada" });
    expect(error.message + JSON.stringify(error)).not.to.match(/horse|abandon/);
  });

  it("names the keys that exist when one is missing", async () => {
    await newKey("bea");
    const error = await rejection(openKeyFile({ home, name: "ada", password: PASSWORD }));
    expect(error.code).to.equal("E_KEY_MISSING");
    expect(error.data).to.deep.equal({ name: "ada", file: join(home, "keys", "ada.json"), known: ["bea"] });
  });

  it("does not open a file that others may read", async () => {
    const { file } = await newKey("ada");
    await chmod(file, 0o644);
    const error = await rejection(openKeyFile({ home, name: "ada", password: PASSWORD }));
    expect(error.code).to.equal("E_KEY_PERMISSIONS");
    expect(error.data).to.deep.equal({ name: "ada", file, mode: "0644" });
  });

  it("tells a damaged file and one without mnemonic from a wrong password", async () => {
    const { file } = await newKey("ada");
    await writeFile(file, "{}");
    expect((await rejection(openKeyFile({ home, name: "ada", password: PASSWORD }))).code).to.equal("E_KEY_CORRUPT");
    const bare = new Wallet("0x" + "11".repeat(32));
    await writeFile(file, encryptKeystoreJsonSync(bare, PASSWORD, { scrypt: { N: 4096 } }));
    const error = await rejection(openKeyFile({ home, name: "ada", password: PASSWORD }));
    expect(error.code).to.equal("E_KEY_CORRUPT");
    expect(error.why).to.equal("It holds no mnemonic.");
  });

  it("refuses short passwords and names that could leave the folder", async () => {
    const short = await rejection(createKeyFile({ home, name: "ada", password: "1234567" }));
    expect(short.code).to.equal("E_PASSWORD_TOO_SHORT");
    for (const name of ["", "../ada", "a/b", ".hidden", "a".repeat(33)]) {
      expect(thrown(() => keyFilePath({ home, name })).code, name).to.equal("E_KEY_NAME");
    }
  });
});
