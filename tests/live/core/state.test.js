import assert from "node:assert/strict";
import test from "node:test";
import { assertFault, cases, core } from "./cases.js";

const { StateTable } = await core("state"), { UserFacingError } = await core("errors");
const { fields, texts, states, numbers, checks } = cases("state"), table = new StateTable(fields), named = Object.fromEntries(fields.map((field) => [field.name, field]));

for (const { text, values, invalid } of texts)
  test(`a text says the same in Python and here: ${text}`, () => {
    const hash = fields.map(({ name }) => `${name}=${encodeURIComponent(text)}`).join("&"), read = table.readHash(`#${hash}`);
    assert.deepEqual(read.values, values);
    assert.deepEqual(read.invalidNames.sort(), invalid.map((name) => named[name].label ?? name).sort());
  });

test("a state has the same hash as in Python, and is read again", () => {
  for (const { state, hash } of states) {
    assert.equal(table.writeHash(state), hash);
    for (const [name, value] of Object.entries(table.readHash(hash).values)) assert.equal(table.format(named[name], value), table.format(named[name], state[name]).slice(0, named[name].max_length));
  }
});

test("numbers have the same texts as in Python", () => {
  for (const { value, vector, scalar } of numbers) assert.deepEqual([table.format(named.z, [value]), table.format(named.beta, value)], [vector, scalar]);
});

test("values are checked as in Python, and what is invalid is said in a sentence", () => {
  for (const { name, value, isValid } of checks) {
    const check = () => table.check({ [name]: value });
    isValid ? assert.deepEqual(Object.keys(check()), [name]) : assertFault(check, UserFacingError, "The state of this figure is invalid");
  }
  assert.deepEqual(table.check({ z: null, other: 1 }), {});
});
