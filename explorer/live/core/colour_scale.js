// A colour scale: from numbers to colours, by a ramp of colours at equal distances.

const N_COLOURS = 256;

/** Return red, green and blue (0 to 255) of a colour "#rrggbb", and the opacity of "#rrggbbaa".
 * @param {string} colour */
export const parseColour = (colour) => [1, 3, 5, 7].filter((i) => i < colour.length).map((i) => parseInt(colour.slice(i, i + 2), 16));

/** Return the 256 colours of a ramp, [256, 3] or with opacities [256, 4], in between interpolated.
 * @param {string[]} ramp @returns {number[][]} */
export function listColours(ramp) {
  const stops = ramp.map(parseColour);
  return Array.from({ length: N_COLOURS }, (_, i) => {
    const position = (i / (N_COLOURS - 1)) * (stops.length - 1), k = Math.min(Math.floor(position), stops.length - 2), share = position - k;
    return stops[k].map((from, channel) => Math.round(from + (stops[k + 1][channel] - from) * share));
  });
}

/** Return pixels (RGBA) of a matrix, whose first row is the lowest, as an image, whose first row is the highest. Numbers beyond the domain
 * have the colour of its end; those that are not finite are transparent.
 * @param {ArrayLike<number>} values @param {number[]} shape [rows, columns] @param {number[]} domain @param {number[][]} colours */
export function colourMatrix(values, [rows, columns], [low, high], colours) {
  const pixels = new Uint8ClampedArray(4 * rows * columns), factor = (colours.length - 1) / (high - low || 1);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) {
      const value = values[row * columns + column];
      if (!Number.isFinite(value)) continue;
      const colour = colours[Math.round(Math.min(Math.max((value - low) * factor, 0), colours.length - 1))];
      const at = 4 * ((rows - 1 - row) * columns + column);
      [pixels[at], pixels[at + 1], pixels[at + 2], pixels[at + 3]] = [colour[0], colour[1], colour[2], colour[3] ?? 255];
    }
  return pixels;
}
