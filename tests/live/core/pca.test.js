import test from "node:test";
import { assertClose, cases, core } from "./cases.js";

const { projectOnto, reconstructFrom, squaredErrors } = await core("pca"), { x, mean, components, scores, of_two: ofTwo, of_five: ofFive, errors } = cases("pca"), rows = components.flat();

test("scores, reconstructions and errors are those of scikit-learn", () => {
  const own = x.map((image) => projectOnto(rows, mean, image));
  assertClose(own.map((part) => [...part]), scores, 1e-9);
  for (const [i, [k, expected]] of [[2, ofTwo], [5, ofFive]].entries()) {
    const images = own.map((part) => reconstructFrom(rows, mean, part, k));
    assertClose(images.map((image) => [...image]), expected, 1e-9);
    assertClose(images.map((image, j) => squaredErrors(x[j], image).sum), errors[i], 1e-9);
  }
  assertClose(squaredErrors([0, 1], [0.5, 1]).errors, [0.25, 0], 0);
});
