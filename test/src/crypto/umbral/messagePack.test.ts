import { expect } from "chai";

import { concat } from "../../../../src/bytes";
import { umbral } from "../../../../src/crypto/umbral";
import {
  packCapsule,
  packCFrag,
  packKFrag,
  unpackCapsule,
  unpackCFrag,
  unpackKFrag,
} from "../../../../src/crypto/umbral/messagePack";
import { expectRefusal, makeScope } from "../../../support/crypto";
import { thrown } from "../../../support/errors";
import { seededRandom } from "../../../support/seededRandom";

describe("messagePack", () => {
  const engine = umbral();
  const random = seededRandom("messagePack");
  const scope = makeScope(engine, random);
  const [{ kfrag }] = scope.split(1, 1);
  const cfrag = engine.reencrypt(kfrag, scope.capsule, random);

  const forms = [
    { name: "capsule", fixed: scope.capsule, length: 105, pack: packCapsule, unpack: unpackCapsule },
    { name: "kfrag", fixed: kfrag, length: 310, pack: packKFrag, unpack: unpackKFrag },
    { name: "cfrag", fixed: cfrag, length: 381, pack: packCFrag, unpack: unpackCFrag },
  ];

  for (const { name, fixed, length, pack, unpack } of forms) {
    context(name, () => {
      const packed = pack(fixed);

      it("goes round", () => {
        expect(packed).to.have.length(length);
        expect(unpack(packed)).to.deep.equal(fixed);
      });

      it("refuses trailing and missing bytes", () => {
        const data = (got: number) => ({ field: name, got, expected: length });
        expectRefusal(() => unpack(concat(packed, Uint8Array.of(0))), "E_BAD_ENCODING", data(length + 1));
        expectRefusal(() => unpack(packed.slice(0, -1)), "E_BAD_ENCODING", data(length - 1));
        expectRefusal(() => pack(fixed.slice(1)), "E_BAD_ENCODING", {
          field: name,
          got: fixed.length - 1,
          expected: fixed.length,
        });
      });

      it("takes no second encoding: a changed byte is refused or changes the value", () => {
        for (let offset = 0; offset < packed.length; offset++) {
          const changed = Uint8Array.from(packed);
          changed[offset] ^= 1;
          let value: Uint8Array;
          try {
            value = unpack(changed);
          } catch {
            expect(thrown(() => unpack(changed)).code).to.equal("E_BAD_ENCODING");
            continue;
          }
          expect(value, `offset ${offset}`).to.not.deep.equal(fixed);
        }
      });
    });
  }

  it("names a wrong header and foreign parameters", () => {
    const asMap = packCapsule(scope.capsule);
    asMap[0] = 0x83;
    const data = { field: "capsule", got: 0x83, expected: 0x93 };
    expectRefusal(() => unpackCapsule(asMap), "E_BAD_ENCODING", data);
    const foreign = packKFrag(kfrag);
    foreign[4] ^= 1;
    expectRefusal(() => unpackKFrag(foreign), "E_BAD_ENCODING", { field: "kfrag", got: 2, expected: 3 });
  });
});
