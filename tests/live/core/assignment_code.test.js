import assert from "node:assert/strict";
import test from "node:test";
import { cases, core } from "./cases.js";

const { encodeSubmission } = await core("assignment_code");

test("a submission has the same code as in Python", () => {
  for (const { code, ...submission } of cases("assignment_code")) assert.equal(encodeSubmission(submission), code);
});
