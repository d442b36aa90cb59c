import test from "node:test";
import { assertClose, cases, core } from "./cases.js";

const { classDirection, nearestByRatio } = await core("class_direction"), { codes, wanted, directions, counts, values, nearest } = cases("class_direction");

test("a direction is the difference of the mean codes, as in Python", () => {
  wanted.forEach(([label, perClass], i) => assertClose(classDirection({ shape: [10, 20, 16], data: codes }, label, perClass), directions[i], 1e-6));
});

test("the nearest number is that of the smallest ratio", () => {
  assertClose(values.map((value) => nearestByRatio(counts, value)), nearest, 0);
});
