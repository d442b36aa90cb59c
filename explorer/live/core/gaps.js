// Gaps on a map: regions where the Gaussian fitted to the codes has samples, but no code is near.

export const GAP_LEVEL = 128; // a level above this is a gap (explorer.latent.gap_map)

/** Return whether a point of the map lies in a gap at the film's position, or null where that was not computed. film: a Film, of
 * which gap_levels [F, rows, columns] cover gap_bounds [F, 4].
 * @param {import("./film.js").Film} film @param {number[]} point */
export function isInGap(film, [x, y]) {
  const bounds = film.interpolate("gap_bounds"), levels = film.frameTensors.gap_levels;
  if (!bounds || !levels) return null;
  const [rows, columns] = levels.shape.slice(1), [x0, y0, x1, y1] = bounds;
  const column = Math.floor(((x - x0) / (x1 - x0)) * columns), row = Math.floor(((y - y0) / (y1 - y0)) * rows);
  if (column < 0 || column >= columns || row < 0 || row >= rows) return null;
  const [level] = film.interpolate("gap_levels", row * columns + column, 1) ?? [];
  return level ? level > GAP_LEVEL : null;
}
