import assert from "node:assert/strict";
import test from "node:test";
import { assertClose, cases, core } from "./cases.js";

const { informationShare, logIndex, stackTerms } = await core("rate_terms"), { values, betas, indices, known, parts, shares, bounded } = cases("rate_terms");

test("a position between rungs is that of numpy's interpolation of logarithms", () => {
  assertClose(betas.map((beta) => logIndex(values, beta)), indices, 1e-9);
});

test("known terms fill the whole rate", () => {
  assertClose(known.flatMap((terms) => Object.values(stackTerms(terms))), parts.flatMap((three) => [...three, 0]), 1e-9);
  assertClose(known.map(informationShare), shares, 1e-12);
});

test("of a term with bounds only the lower one is known, and the rest of the rate may be any", () => {
  assert.deepEqual(stackTerms(bounded), { information: 9, correlation: 1, marginal: 7, undetermined: 3 });
  assert.equal(informationShare(bounded), 9 / 20);
});
