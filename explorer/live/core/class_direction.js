// The direction to a class in a latent space, from a few labelled codes of each class.

/** Return the mean of the first perClass codes of a class minus the mean of those of all others [D]. codes: [classes, available, D].
 * @param {{ shape: number[], data: ArrayLike<number> }} codes @param {number} label @param {number} perClass */
export function classDirection({ shape: [classes, available, d], data }, label, perClass) {
  const direction = new Float64Array(d), n = Math.min(perClass, available);
  for (let c = 0; c < classes; c++) {
    const share = c === label ? 1 / n : -1 / (n * (classes - 1));
    for (let i = 0; i < n; i++) for (let j = 0; j < d; j++) direction[j] += share * data[(c * available + i) * d + j];
  }
  return direction;
}

/** Return the index of the number of a rising list that is nearest to a number, by their ratio.
 * @param {number[]} numbers @param {number} value */
export function nearestByRatio(numbers, value) {
  const distances = numbers.map((number) => Math.abs(Math.log(number / value)));
  return distances.indexOf(Math.min(...distances));
}
