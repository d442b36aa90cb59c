import assert from "node:assert/strict";
import test from "node:test";
import { core } from "./cases.js";

const { ServerDecoder } = await core("server_decoder");
const ANSWER = { pixels: [btoa("\x00\xff"), null] };

test("one request is in flight, and then only the latest is sent", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const sent = [], shown = [];
  const decoder = new ServerDecoder((request) => sent.push(request.z[0]), (pixels) => shown.push(pixels));
  for (const z of [1, 2, 3]) decoder.request({ z: [z] });
  assert.deepEqual(sent, [1]);
  decoder.receive({ ...ANSWER, values: { z: [0] } }, 0); // of an earlier message: the request is still in flight
  assert.deepEqual(sent, [1]);
  decoder.receive({ ...ANSWER, values: { z: [1] } }, 1);
  assert.deepEqual([sent, decoder.isUpToDate], [[1, 3], false]);
  assert.deepEqual([Array.from(shown[1][0]), shown[1][1]], [[0, 1], null]);
  t.mock.timers.tick(10_000); // the answer is lost: the request is sent again
  assert.deepEqual(sent, [1, 3, 3]);
  decoder.receive({ ...ANSWER, values: { z: [3] } }, 3);
  assert.deepEqual([sent, decoder.isUpToDate], [[1, 3, 3], true]);
  decoder.close();
});
