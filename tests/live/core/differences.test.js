import test from "node:test";
import { assertClose, cases, core } from "./cases.js";

const { addFrames } = await core("differences"), { shape, frames, differences } = cases("differences");

test("differences of bytes and of 16 bits are summed to the frames, and stay", () => {
  [Uint8Array, Uint16Array].forEach((Kind, i) => {
    const data = Kind.from(differences[i].flat(Infinity)), before = data.slice();
    assertClose(addFrames({ shape, data }), frames[i], 0);
    assertClose(data, before, 0);
  });
});
