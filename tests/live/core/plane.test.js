import test from "node:test";
import { assertClose, cases, core } from "./cases.js";

const { parseBlock } = await core("block"), { Plane } = await core("plane");
const { block, z, point, standardPoint, sd, directions, expected } = cases("plane"), plane = new Plane(parseBlock(block).tensors());

test("a point goes back through the inverse PCA", () => {
  assertClose(plane.moveTo(z, point), expected.moved, 1e-5);
  assertClose(plane.project(plane.moveTo(z, point)), point, 1e-5);
});

test("z is projected onto the plane of the first two components", () => {
  assertClose(plane.projectOntoPlane(z), expected.onto, 1e-5);
  assertClose(plane.distanceTo(z), expected.distance, 1e-5);
});

test("map coordinates are standard deviations of the Gaussian, and back", () => {
  assertClose(plane.toStandardUnits(z), expected.standard, 1e-4);
  assertClose(plane.fromStandardUnits(standardPoint), expected.fromStandard, 1e-4);
});

test("the covariance of a Gaussian on the map has this Cholesky factor", () => {
  assertClose(plane.covarianceFactor(sd), expected.factor, 1e-5);
  assertClose(plane.directionsFactor(directions), expected.ofDirections, 1e-5);
});
