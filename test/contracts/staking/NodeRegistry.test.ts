import { loadFixture, time } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import type { Signer } from "ethers";
import { ethers } from "hardhat";

import { BOND, nodeRegistryDomain } from "../../../src/protocol/policy";
import type { NodeRegistry } from "../../../typechain-types";
import { compressedKey, xOnlyKey } from "../../support/keys";
import { Random } from "../../support/random";
import { FEDERATED, deployStaking } from "../../support/staking";

const PERIOD = 1_000;
const URL = "https://node.example";
const TERMS = { feeRate: 7n, capacity: 3n, minDuration: 60n, maxDuration: 86_400n };
const ZERO = ethers.ZeroAddress;
const random = new Random(0x0de5n);

interface Named extends Signer {
  readonly address: string;
}

async function deploy() {
  const [escrow, staker, worker, other, stranger] = await ethers.getSigners();
  const registry = await ethers.deployContract("NodeRegistry", [escrow, PERIOD]);
  const curve = await ethers.getContractFactory("CurvePoint__Harness");
  await time.increaseTo((Math.floor((await time.latest()) / PERIOD) + 10) * PERIOD);
  return { registry, curve, escrow, staker, worker, other, stranger };
}

async function deployRegistered() {
  const fixture = await deploy();
  for (const node of [fixture.staker, fixture.other]) {
    await fixture.registry.connect(node).register(URL, compressedKey(random), xOnlyKey(random), TERMS);
  }
  return fixture;
}

async function consentOf(registry: NodeRegistry, staker: Named, worker: Named, nonce: bigint): Promise<string> {
  const { chainId } = await ethers.provider.getNetwork();
  return worker.signTypedData(
    nodeRegistryDomain(chainId, await registry.getAddress()),
    { [BOND.name]: [...BOND.fields] },
    { staker: staker.address, worker: worker.address, nonce },
  );
}

async function bond(registry: NodeRegistry, staker: Named, worker: Named) {
  const nonce = await registry.bondNonce(staker.address);
  return registry.connect(staker).bondWorker(worker.address, await consentOf(registry, staker, worker, nonce));
}

/** The period of the latest block. */
async function currentPeriod(): Promise<number> {
  return Math.floor((await time.latest()) / PERIOD);
}

/** Moves to the first second of the next period and returns it. */
async function nextPeriod(): Promise<number> {
  const start = ((await currentPeriod()) + 1) * PERIOD;
  await time.increaseTo(start);
  return start;
}

describe(`NodeRegistry (seed ${random.seed})`, () => {
  context("constructor", () => {
    it("refuses a period of no length", async () => {
      const factory = await ethers.getContractFactory("NodeRegistry");
      await expect(factory.deploy(ZERO, 0)).to.be.revertedWithCustomError(factory, "InvalidPeriodLength").withArgs(0);
    });

    it("refuses another length of periods than the escrow's: -1, 0, +1", async () => {
      const { escrow, parameters } = await deployStaking({ ...FEDERATED, periodLength: PERIOD });
      const factory = await ethers.getContractFactory("NodeRegistry");
      for (const length of [PERIOD - 1, PERIOD + 1])
        await expect(factory.deploy(escrow, length))
          .to.be.revertedWithCustomError(factory, "PeriodLengthDiffers")
          .withArgs(length, parameters.periodLength);
      expect(await (await factory.deploy(escrow, PERIOD)).periodLength()).to.equal(PERIOD);
    });

    it("keeps the length of a period", async () => {
      const { registry } = await loadFixture(deploy);
      expect(await registry.periodLength()).to.equal(PERIOD);
    });
  });

  context("register", () => {
    it("refuses a second registration", async () => {
      const { registry, staker } = await loadFixture(deployRegistered);
      await expect(registry.connect(staker).register(URL, compressedKey(random), xOnlyKey(random), TERMS))
        .to.be.revertedWithCustomError(registry, "AlreadyRegistered")
        .withArgs(staker.address);
    });

    it("refuses bad URLs, keys and durations", async () => {
      const { registry, curve, staker } = await loadFixture(deploy);
      const [key, x] = [compressedKey(random), xOnlyKey(random)];
      const node = registry.connect(staker);
      const long = URL + "/".padEnd(257 - URL.length, "a");
      await expect(node.register(long, key, x, TERMS))
        .to.be.revertedWithCustomError(registry, "UrlTooLong")
        .withArgs(257, 256);
      await expect(node.register("http://node.example", key, x, TERMS))
        .to.be.revertedWithCustomError(registry, "UrlNotAllowed")
        .withArgs("http://node.example");
      await expect(node.register(URL, "0x" + key.slice(4), x, TERMS))
        .to.be.revertedWithCustomError(curve, "InvalidKeyLength")
        .withArgs(32, 33);
      await expect(node.register(URL, key, ethers.toBeHex(5, 32), TERMS))
        .to.be.revertedWithCustomError(curve, "NotOnCurve")
        .withArgs(5);
      await expect(node.register(URL, key, x, { ...TERMS, minDuration: TERMS.maxDuration + 1n }))
        .to.be.revertedWithCustomError(registry, "InvalidDurations")
        .withArgs(TERMS.maxDuration + 1n, TERMS.maxDuration);
      await expect(registry.nodeOf(staker))
        .to.be.revertedWithCustomError(registry, "NotRegistered")
        .withArgs(staker.address);
    });

    it("publishes the node; the check key counts from the second next period", async () => {
      const { registry, staker } = await loadFixture(deploy);
      const [key, x] = [compressedKey(random), xOnlyKey(random)];
      const url = URL + "/".padEnd(256 - URL.length, "a");
      const from = (await currentPeriod()) + 2;
      await expect(registry.connect(staker).register(url, key, x, TERMS))
        .to.emit(registry, "NodeRegistered")
        .withArgs(staker.address, url, key, x, from, Object.values(TERMS));
      expect(await registry.isRegistered(staker)).to.equal(true);
      expect(await registry.nodeOf(staker)).to.deep.equal([url, key, x, Object.values(TERMS), ZERO]);
      expect(await registry.checkKeyAt(staker, from - 1)).to.equal(ethers.ZeroHash);
      expect(await registry.checkKeyAt(staker, from)).to.equal(x);
    });
  });

  context("changes", () => {
    it("are for registered stakers", async () => {
      const { registry, stranger } = await loadFixture(deploy);
      const node = registry.connect(stranger);
      const calls = [
        () => node.setUrl(URL),
        () => node.setTerms(TERMS),
        () => node.setEncryptionKey(compressedKey(random)),
        () => node.setCheckKey(xOnlyKey(random)),
        () => node.bondWorker(stranger, "0x"),
        () => node.unbondWorker(),
      ];
      for (const call of calls) {
        await expect(call()).to.be.revertedWithCustomError(registry, "NotRegistered").withArgs(stranger.address);
      }
    });

    it("may ask for one duration alone", async () => {
      const { registry, staker } = await loadFixture(deployRegistered);
      const terms = { ...TERMS, minDuration: TERMS.maxDuration };
      await registry.connect(staker).setTerms(terms);
      expect((await registry.nodeOf(staker)).terms.minDuration).to.equal(TERMS.maxDuration);
    });

    it("check as registration does", async () => {
      const { registry, curve, staker } = await loadFixture(deployRegistered);
      const node = registry.connect(staker);
      await expect(node.setUrl("ftp://x")).to.be.revertedWithCustomError(registry, "UrlNotAllowed").withArgs("ftp://x");
      await expect(node.setTerms({ ...TERMS, maxDuration: 0n }))
        .to.be.revertedWithCustomError(registry, "InvalidDurations")
        .withArgs(TERMS.minDuration, 0);
      await expect(node.setEncryptionKey("0x"))
        .to.be.revertedWithCustomError(curve, "InvalidKeyLength")
        .withArgs(0, 33);
      await expect(node.setCheckKey(ethers.ZeroHash)).to.be.revertedWithCustomError(curve, "CoordinateOutOfRange");
    });

    it("of URL, terms and encryption key count at once", async () => {
      const { registry, staker, other } = await loadFixture(deployRegistered);
      const node = registry.connect(staker);
      const before = await registry.nodeOf(other);
      const [url, key] = ["http://localhost:9151", compressedKey(random)];
      const terms = {
        feeRate: 2n ** 128n - 1n,
        capacity: 2n ** 32n - 1n,
        minDuration: 0n,
        maxDuration: 2n ** 32n - 1n,
      };
      await expect(node.setUrl(url)).to.emit(registry, "UrlChanged").withArgs(staker.address, url);
      await expect(node.setTerms(terms))
        .to.emit(registry, "TermsChanged")
        .withArgs(staker.address, Object.values(terms));
      await expect(node.setEncryptionKey(key)).to.emit(registry, "EncryptionKeyChanged").withArgs(staker.address, key);
      const published = await registry.nodeOf(staker);
      expect([published.url, published.encryptionKey]).to.deep.equal([url, key]);
      expect(published.terms).to.deep.equal(Object.values(terms));
      expect(await registry.nodeOf(other)).to.deep.equal(before);
    });

    it("of the check key count from the second next period and keep every former key readable", async () => {
      const { registry, staker } = await loadFixture(deploy);
      const keys = Array.from({ length: 4 }, () => xOnlyKey(random));
      await registry.connect(staker).register(URL, compressedKey(random), keys[0], TERMS);
      const first = await currentPeriod();
      for (const key of keys.slice(1)) {
        await nextPeriod();
        const from = (await currentPeriod()) + 2;
        await expect(registry.connect(staker).setCheckKey(key))
          .to.emit(registry, "CheckKeyChanged")
          .withArgs(staker.address, key, from);
      }
      expect(await registry.checkKeyAt(staker, first + 1)).to.equal(ethers.ZeroHash);
      for (const [index, key] of keys.entries()) {
        expect(await registry.checkKeyAt(staker, first + 2 + index)).to.equal(key);
      }
      expect((await registry.nodeOf(staker)).checkKey).to.equal(keys[3]);
    });
  });

  context("bondWorker", () => {
    it("refuses a consent by somebody else, for another staker, with another nonce, or none", async () => {
      const { registry, staker, worker, other, stranger } = await loadFixture(deployRegistered);
      const node = registry.connect(staker);
      const attempt = (consent: string) => node.bondWorker(worker.address, consent);
      const { chainId } = await ethers.provider.getNetwork();
      const domain = nodeRegistryDomain(chainId, await registry.getAddress());
      const types = { [BOND.name]: [...BOND.fields] };
      const bondMessage = { staker: staker.address, worker: worker.address, nonce: 0n };

      await expect(attempt(await stranger.signTypedData(domain, types, bondMessage)))
        .to.be.revertedWithCustomError(registry, "WrongConsent")
        .withArgs(worker.address, stranger.address);
      await expect(attempt("0x1234"))
        .to.be.revertedWithCustomError(registry, "WrongConsent")
        .withArgs(worker.address, ZERO);
      const misdirected = [
        await consentOf(registry, other, worker, 0n),
        await consentOf(registry, staker, worker, 1n),
        await worker.signTypedData({ ...domain, chainId: chainId + 1n }, types, bondMessage),
        await worker.signTypedData({ ...domain, verifyingContract: stranger.address }, types, bondMessage),
      ];
      for (const consent of misdirected) {
        await expect(attempt(consent)).to.be.revertedWithCustomError(registry, "WrongConsent");
      }
    });

    it("refuses the zero worker, to whom broken signatures recover", async () => {
      const { registry, staker } = await loadFixture(deployRegistered);
      await expect(registry.connect(staker).bondWorker(ZERO, "0x"))
        .to.be.revertedWithCustomError(registry, "WrongConsent")
        .withArgs(ZERO, ZERO);
    });

    it("counts from the first second of the next period", async () => {
      const { registry, staker, worker } = await loadFixture(deployRegistered);
      const from = (await currentPeriod()) + 1;
      await expect(bond(registry, staker, worker))
        .to.emit(registry, "WorkerBonded")
        .withArgs(staker.address, worker.address, from);
      expect(await registry.stakerOf(worker)).to.equal(staker.address);
      expect(await registry.workerOf(staker)).to.equal(ZERO);
      expect(await registry.workerAt(staker, from * PERIOD - 1)).to.equal(ZERO);
      expect(await registry.workerAt(staker, from * PERIOD)).to.equal(worker.address);
      await nextPeriod();
      expect(await registry.workerOf(staker)).to.equal(worker.address);
      expect((await registry.nodeOf(staker)).worker).to.equal(worker.address);
    });

    it("keeps a worker to one staker at a time, and to one consent per bonding", async () => {
      const { registry, staker, worker, other, stranger } = await loadFixture(deployRegistered);
      const consent = await consentOf(registry, staker, worker, 0n);
      await registry.connect(staker).bondWorker(worker, consent);
      await expect(bond(registry, other, worker))
        .to.be.revertedWithCustomError(registry, "WorkerTaken")
        .withArgs(worker.address, staker.address);
      await expect(bond(registry, staker, worker))
        .to.be.revertedWithCustomError(registry, "WorkerTaken")
        .withArgs(worker.address, staker.address);
      await bond(registry, staker, stranger);
      await expect(registry.connect(staker).bondWorker(worker, consent)).to.be.revertedWithCustomError(
        registry,
        "WrongConsent",
      );
      await bond(registry, other, worker);
      await nextPeriod();
      expect(await registry.workersOf([other, staker])).to.deep.equal([worker.address, stranger.address]);
      expect(await registry.serviceOf(other, 0, 10)).to.deep.equal([worker.address, 0]);
    });

    it("lets the last bonding of a period win, and the worker before it serve until then", async () => {
      const { registry, staker, worker, other, stranger } = await loadFixture(deployRegistered);
      await bond(registry, staker, worker);
      const first = await nextPeriod();
      await bond(registry, staker, other);
      await bond(registry, staker, stranger);
      expect(await registry.workerOf(staker)).to.equal(worker.address);
      expect(await registry.stakerOf(other)).to.equal(ZERO);
      const second = await nextPeriod();
      expect(await registry.workerOf(staker)).to.equal(stranger.address);
      expect(await registry.workerAt(staker, first)).to.equal(worker.address);
      expect(await registry.workerAt(staker, second - 1)).to.equal(worker.address);
    });

    for (const offset of [-1, 0, 1])
      it(`keeps who was replaced answerable for all that it served, and nothing else: ${offset} s from its start`, async () => {
        const { registry, staker, worker, other } = await loadFixture(deployRegistered);
        await bond(registry, staker, worker);
        const from = ((await currentPeriod()) + 1) * PERIOD;
        const consent = await consentOf(registry, staker, other, await registry.bondNonce(staker));
        await time.setNextBlockTimestamp(from + offset);
        await registry.connect(staker).bondWorker(other, consent);
        const served = offset < 0 ? other : worker;
        for (const [when, who] of [
          [from - 1, ZERO],
          [from, served.address],
          [from + PERIOD - 1, served.address],
          [from + PERIOD, other.address],
        ] as const)
          expect(await registry.workerAt(staker, when), `${when - from} s from its start`).to.equal(who);
      });
  });

  context("unbondWorker", () => {
    it("needs a worker", async () => {
      const { registry, staker } = await loadFixture(deployRegistered);
      await expect(registry.connect(staker).unbondWorker())
        .to.be.revertedWithCustomError(registry, "NoWorker")
        .withArgs(staker.address);
    });

    it("ends the worker's service with the period and keeps it answerable", async () => {
      const { registry, staker, worker, other } = await loadFixture(deployRegistered);
      await bond(registry, staker, worker);
      const start = await nextPeriod();
      const from = start / PERIOD + 1;
      await expect(registry.connect(staker).unbondWorker())
        .to.emit(registry, "WorkerUnbonded")
        .withArgs(staker.address, worker.address, from);
      expect(await registry.workerOf(staker)).to.equal(worker.address);
      await nextPeriod();
      expect(await registry.workerOf(staker)).to.equal(ZERO);
      expect(await registry.workerAt(staker, start)).to.equal(worker.address);
      await bond(registry, other, worker);
      expect(await registry.stakerOf(worker)).to.equal(other.address);
    });
  });

  it("answers every moment as a list of all bondings does", async () => {
    const { registry, staker, worker, other, stranger, escrow } = await loadFixture(deployRegistered);
    const workers: (Named | undefined)[] = [worker, other, stranger, escrow, undefined];
    const model: { from: number; worker: string }[] = [];
    let bonded: Named | undefined;
    for (let step = 0; step < 25; step++) {
      const next = random.pick(workers);
      if (next !== bonded) {
        if (next) await bond(registry, staker, next);
        else await registry.connect(staker).unbondWorker();
        bonded = next;
        model.push({ from: ((await currentPeriod()) + 1) * PERIOD, worker: next?.address ?? ZERO });
      }
      if (random.below(2) === 0n) await nextPeriod();
    }
    const expectedAt = (at: number) => model.filter((entry) => entry.from <= at).at(-1)?.worker ?? ZERO;
    for (const { from } of model) {
      for (const at of [from - 1, from, from + 1]) {
        expect(await registry.workerAt(staker, at)).to.equal(expectedAt(at));
      }
    }
  });

  context("suspensions", () => {
    it("are written by the escrow only, and alternate", async () => {
      const { registry, escrow, staker } = await loadFixture(deployRegistered);
      for (const call of [
        () => registry.connect(staker).openSuspension(staker),
        () => registry.connect(staker).closeSuspension(staker),
      ]) {
        await expect(call())
          .to.be.revertedWithCustomError(registry, "NotEscrow")
          .withArgs(staker.address, escrow.address);
      }
      await expect(registry.connect(escrow).closeSuspension(staker))
        .to.be.revertedWithCustomError(registry, "NotSuspended")
        .withArgs(staker.address);
      await registry.connect(escrow).openSuspension(staker);
      await expect(registry.connect(escrow).openSuspension(staker))
        .to.be.revertedWithCustomError(registry, "AlreadySuspended")
        .withArgs(staker.address);
    });

    it("count each suspended second of any interval once", async () => {
      const { registry, escrow, staker, other } = await loadFixture(deployRegistered);
      const controlled = registry.connect(escrow);
      const start = (await time.latest()) + 10;
      const changes = [0, 5, 9, 9, 20, 21, 21, 40];
      for (const [index, offset] of changes.entries()) {
        await ethers.provider.send("evm_setAutomine", [false]);
        const opens = index % 2 === 0;
        const sent = opens ? await controlled.openSuspension(staker) : await controlled.closeSuspension(staker);
        if (changes[index + 1] === offset) continue;
        await time.setNextBlockTimestamp(start + offset);
        await ethers.provider.send("evm_mine");
        await ethers.provider.send("evm_setAutomine", [true]);
        await expect(sent)
          .to.emit(registry, opens ? "SuspensionOpened" : "SuspensionClosed")
          .withArgs(staker.address, start + offset);
      }
      const suspendedAt = (second: number) =>
        [
          [0, 5],
          [20, 21],
          [21, 40],
        ].some(([a, b]) => a <= second && second < b);
      expect(await registry.isSuspended(staker)).to.equal(false);
      for (let from = -2; from <= 42; from++) {
        let expected = 0;
        for (let to = from; to <= 43; to++) {
          expect(await registry.suspendedSeconds(staker, start + from, start + to)).to.equal(expected);
          expect(await registry.serviceOf(staker, start + from, start + to)).to.deep.equal([ZERO, expected]);
          if (suspendedAt(to)) expected++;
        }
      }
      expect(await registry.suspendedSeconds(staker, start + 30, start)).to.equal(0);
      expect(await registry.suspendedSeconds(other, start, start + 40)).to.equal(0);
      expect(await registry.serviceOf(other, start, start + 40)).to.deep.equal([ZERO, 0]);
    });

    it("run on while open", async () => {
      const { registry, escrow, staker } = await loadFixture(deployRegistered);
      await registry.connect(escrow).openSuspension(staker);
      const opened = await time.latest();
      expect(await registry.isSuspended(staker)).to.equal(true);
      expect(await registry.suspendedSeconds(staker, opened - 50, opened + 1_000)).to.equal(1_000);
      expect(await registry.suspendedSeconds(staker, 0, opened)).to.equal(0);
    });
  });
});
