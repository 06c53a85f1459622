import { secp256k1 } from "@noble/curves/secp256k1.js";
import { expect } from "chai";
import { execFileSync } from "node:child_process";

import { casesOf, makeVector } from "../../../scripts/vectors/vector";
import type { CurveBackend, Point } from "../../../src/crypto/backend";
import { nobleBackend } from "../../../src/crypto/backendNoble";
import { backendNamed } from "../../../src/crypto/backends";
import { bbs98 } from "../../../src/crypto/bbs98";
import { ecies } from "../../../src/crypto/ecies";
import { fromBigInt, ORDER, randomScalar, toBigInt } from "../../../src/crypto/scalar";
import { umbral } from "../../../src/crypto/umbral";
import { U } from "../../../src/crypto/umbral/params";
import { backends, expectRefusal, makeScope } from "../../support/crypto";
import { seededRandom } from "../../support/seededRandom";
import bbs98File from "../../vectors/bbs98.json";
import eciesFile from "../../vectors/ecies.json";
import umbralFile from "../../vectors/umbral.json";

const EDGES = [1n, 2n, 3n, ORDER - 1n, ORDER - 2n, ORDER / 2n, ORDER / 2n + 1n, 2n ** 128n, 2n ** 255n].map(fromBigInt);
const G = secp256k1.Point.BASE.toBytes(false) as Uint8Array as Point;
const MINUS_G = secp256k1.Point.BASE.negate().toBytes(false) as Uint8Array as Point;

/** What noble's plain arithmetic says, through none of our code. */
const expected = (k: bigint, point = secp256k1.Point.BASE) => point.multiply(k).toBytes(false);

/** A fresh process which prints the name of its default back-end. */
function nameIn(env: Record<string, string>, ...hooks: string[]): string {
  const print = 'process.stdout.write(require("./src/crypto/backends").defaultBackend().name)';
  const script = [...hooks, print].join(";");
  return execFileSync(process.execPath, ["-r", "ts-node/register/transpile-only", "-e", script], {
    env: { ...process.env, NKMS_CURVE_BACKEND: "", ...env },
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });
}

describe("backends", () => {
  const random = seededRandom("backends");
  const scalars = [...EDGES, ...Array.from({ length: 12 }, () => randomScalar(random))];

  for (const backend of backends) {
    context(backend.name, () => {
      it("multiplies the base point", () => {
        for (const k of scalars) expect(backend.multiplyBase(k)).to.deep.equal(expected(toBigInt(k)));
      });

      it("multiplies any point, by secrets, by tables and in public", () => {
        const point = backend.multiplyBase(scalars[9]);
        const multiplyTable = backend.fixedBase(point);
        for (const k of scalars) {
          const product = expected((toBigInt(k) * toBigInt(scalars[9])) % ORDER);
          expect(backend.multiply(point, k)).to.deep.equal(product);
          expect(multiplyTable(k)).to.deep.equal(product);
          expect(backend.combineVartime([point], [k])).to.deep.equal(product);
        }
      });

      it("combines up to five points", () => {
        for (let count = 1; count <= 5; count++) {
          const bases = scalars.slice(9, 9 + count);
          const factors = scalars.slice(0, count);
          const points = bases.map((base) => backend.multiplyBase(base));
          const sum = bases.reduce((total, base, i) => total + toBigInt(base) * toBigInt(factors[i]), 0n) % ORDER;
          expect(backend.combineVartime(points, factors)).to.deep.equal(expected(sum));
        }
      });

      it("finds the commitment of a proof, if there is one", () => {
        for (const k of scalars) {
          const point = backend.multiplyBase(k);
          for (const [s, c] of [scalars.slice(0, 2), scalars.slice(9, 11), [scalars[9], k], [k, scalars[10]]]) {
            const logarithm = (toBigInt(s) + (ORDER - toBigInt(c)) * toBigInt(k)) % ORDER;
            expect(backend.commitmentVartime(s, c, point)).to.deep.equal(logarithm ? expected(logarithm) : undefined);
          }
          expect(backend.commitmentVartime(backend.multiplyScalars(k, scalars[9]), scalars[9], point)).to.equal(
            undefined,
          );
        }
      });

      it("adds, also a point to itself", () => {
        expect(backend.add(G, G)).to.deep.equal(expected(2n));
        expect(backend.add(G, U, MINUS_G)).to.deep.equal(U);
      });

      it("refuses the identity as a result", () => {
        expectRefusal(() => backend.add(G, MINUS_G), "E_IDENTITY", {});
        expectRefusal(() => backend.combineVartime([G, G], [fromBigInt(5n), fromBigInt(ORDER - 5n)]), "E_IDENTITY", {});
        expectRefusal(() => backend.addScalars(fromBigInt(5n), fromBigInt(ORDER - 5n)), "E_IDENTITY", {});
      });

      it("computes with scalars and leaves its arguments alone", () => {
        for (const a of scalars) {
          for (const b of scalars.slice(0, 4)) {
            const before = [Uint8Array.from(a), Uint8Array.from(b)];
            expect(toBigInt(backend.multiplyScalars(a, b))).to.equal((toBigInt(a) * toBigInt(b)) % ORDER);
            if ((toBigInt(a) + toBigInt(b)) % ORDER !== 0n) {
              expect(toBigInt(backend.addScalars(a, b))).to.equal((toBigInt(a) + toBigInt(b)) % ORDER);
            }
            expect([a, b]).to.deep.equal(before);
          }
        }
      });

      it("signs so that an independent verifier agrees, and refuses high-S and other messages", () => {
        const [digest, other, entropy] = [random(32), random(32), random(32)];
        for (const key of scalars.slice(0, 12)) {
          const signature = backend.sign(digest, key, entropy);
          const publicKey = backend.multiplyBase(key);
          expect(secp256k1.verify(signature, digest, publicKey, { prehash: false, lowS: true })).to.equal(true);
          expect(backend.verify(signature, digest, publicKey)).to.equal(true);
          expect(backend.verify(signature, other, publicKey)).to.equal(false);
          const high = Uint8Array.from(signature);
          high.set(fromBigInt(ORDER - toBigInt(signature.subarray(32))), 32);
          expect(backend.verify(high, digest, publicKey)).to.equal(false);
        }
      });

      it("makes signatures that name their key, by the nonce of RFC 6979 alone", () => {
        for (const key of scalars) {
          const digest = random(32);
          const signature = backend.signRecoverable(digest, key);
          const rs = secp256k1.sign(digest, key, { prehash: false, lowS: true });
          expect(signature.subarray(0, 64)).to.deep.equal(rs);
          expect(backend.recover(signature, digest)).to.deep.equal(expected(toBigInt(key)));
          const otherParity = signature.map((byte, at) => (at === 64 ? 1 - byte : byte));
          expect(backend.recover(otherParity, digest)).to.not.deep.equal(expected(toBigInt(key)));
        }
      });

      it("recovers no key where there is none", () => {
        const offCurve = new Uint8Array(65);
        offCurve[31] = 5; // 5^3 + 7 is not a square
        offCurve[63] = 1;
        expect(backend.recover(offCurve, random(32))).to.equal(undefined);
      });

      it("mixes the entropy into the nonce", () => {
        const digest = random(32);
        const sign = (entropy: Uint8Array) => backend.sign(digest, scalars[10], entropy);
        expect(sign(new Uint8Array(32))).to.deep.equal(sign(new Uint8Array(32)));
        expect(sign(new Uint8Array(32))).to.not.deep.equal(sign(new Uint8Array(32).fill(1)));
      });
    });
  }

  it("sign to the same bytes", () => {
    for (const key of scalars) {
      const [digest, entropy] = [random(32), random(32)];
      const signatures = backends.map((backend: CurveBackend) => backend.sign(digest, key, entropy));
      for (const signature of signatures) expect(signature).to.deep.equal(signatures[0]);
    }
  });

  it("can be one's own: engines call nothing else, and make the same bytes", () => {
    const called = new Set<string>();
    const own = { ...nobleBackend, name: "own" };
    const watched = new Proxy(own, {
      get: (target, property: keyof CurveBackend) => {
        called.add(property);
        return target[property];
      },
    });
    const files = { umbral: umbralFile, ecies: eciesFile, bbs98: bbs98File };
    for (const [name, make] of Object.entries({ umbral, ecies, bbs98 })) {
      const engine = make(watched);
      expect(engine.backend).to.equal("own");
      const [expectedVector] = files[name as keyof typeof files].vectors;
      expect(expectedVector).to.deep.include(makeVector(engine, casesOf(name)[0]));
      const { split, answer, recipient, owner, capsule, key } = makeScope(engine, seededRandom(name));
      const answers = split(2, 2).map(answer);
      expect(engine.combine(recipient.secretKey, owner.publicKey, capsule, answers)).to.deep.equal(key);
    }
    expect(called).to.include.all.keys(
      "multiply",
      "multiplyBase",
      "fixedBase",
      "combineVartime",
      "commitmentVartime",
      "multiplyScalars",
    );
  });

  context("the choice", () => {
    it("falls back to noble, not to the addon's own JavaScript, where the compiled addon does not load", () => {
      const breakAddon =
        'const { Module } = require("node:module"); const load = Module._load;' +
        'Module._load = (name, ...rest) => { if (name === "node-gyp-build") throw new Error("none"); return load(name, ...rest); }';
      expect(nameIn({}, breakAddon)).to.equal("noble");
    });

    it("can be forced by NKMS_CURVE_BACKEND", () => {
      expect(nameIn({ NKMS_CURVE_BACKEND: "noble" })).to.equal("noble");
      expect(() => nameIn({ NKMS_CURVE_BACKEND: "fastest" })).to.throw(/E_NO_BACKEND|"fastest" is not available/);
    });

    it("refuses names it does not know", () => {
      const data = { got: "fastest", expected: ["noble", "native"] };
      expectRefusal(() => backendNamed("fastest" as "noble"), "E_NO_BACKEND", data);
    });
  });
});
