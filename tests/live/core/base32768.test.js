import assert from "node:assert/strict";
import test from "node:test";
import { cases, core } from "./cases.js";

const { decodeBase32768 } = await core("base32768");

test("bytes of any length are what Python wrote as text", () => {
  for (const { content, text } of cases("base32768")) {
    assert.deepEqual(decodeBase32768(text, content.length), content);
    assert.equal(text.length, Math.ceil((8 * content.length) / 15));
  }
});
