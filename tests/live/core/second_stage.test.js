import assert from "node:assert/strict";
import test from "node:test";
import { assertClose, cases, core } from "./cases.js";

const { parseBlock } = await core("block"), { pointOnPath } = await core("path"), { SecondStage } = await core("second_stage");

for (const { name, block, noise, n_steps, expected, tolerance } of cases("second_stage"))
  test(`a diffusion model leads noise where torch leads it: ${name}`, () => {
    const model = new SecondStage(parseBlock(block));
    noise.forEach((start, i) => {
      const path = model.path(start, n_steps);
      assertClose(path, expected[i], tolerance, `path ${i}`);
      assert.deepEqual(model.sample(start, n_steps), path.at(-1));
      assertClose(model.whiten(path[0]), start, tolerance, `noise ${i}`);
    });
    assert.equal(model.path(noise[0]).length, 41);
  });

test("a point on a path lies between its steps, and at its ends", () => {
  const path = [[0, 0], [2, 4], [2, 8]];
  assert.deepEqual([0, 0.25, 0.5, 1].map((time) => pointOnPath(path, time)), [[0, 0], [1, 2], [2, 4], [2, 8]]);
});
