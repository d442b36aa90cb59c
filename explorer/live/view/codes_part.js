// The codes of test images on the map of a lesson, as a part of a plot.

const CODE_SHAPES = ["circle", "square", "triangle", "diamond", "cross"];

/** Return the part "codes" of a plot: points by class. */
export function declareCodes(classes) {
  const groups = classes.map((label, i) => ({ label, colour: `class ${i % 10}`, shape: CODE_SHAPES[i % CODE_SHAPES.length] }));
  return { kind: "scatter", name: "codes", radius: 1.4, opacity: 0.55, groups };
}

/** Return the values of this part, of codes z [n, 2] and their classes y [n]. */
export function placeCodes(z, y) {
  return { x: z.data.filter((_, i) => i % 2 === 0), y: z.data.filter((_, i) => i % 2), group: y.data };
}
