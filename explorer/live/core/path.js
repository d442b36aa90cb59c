// A path of codes.

/** Return the z on a path at a time from 0, its beginning, to 1, its end.
 * @param {number[][]} path @param {number} time @returns {number[]} */
export function pointOnPath(path, time) {
  const last = path.length - 1, place = time * last, i = Math.min(Math.floor(place), last - 1);
  return place === last ? path[last] : path[i].map((v, k) => v + (place - i) * (path[i + 1][k] - v));
}
