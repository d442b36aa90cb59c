// Many translucent discs, blended straight into pixels: 70,000 in a few milliseconds, on any machine.

const STEPS = 4; // disc centres are kept to a quarter pixel
const OPACITY = 0.75;

/** Discs of radius r (px) for every quarter-pixel offset: coverage 0..256 on a square of side `side`. */
function stamps(r) {
  const side = 2 * Math.ceil(r + 1), half = side / 2, made = [];
  for (let v = 0; v < STEPS; v++)
    for (let h = 0; h < STEPS; h++) {
      const stamp = new Uint16Array(side * side);
      for (let y = 0; y < side; y++)
        for (let x = 0; x < side; x++) {
          const distance = Math.hypot(x + 0.5 - half - h / STEPS, y + 0.5 - half - v / STEPS);
          stamp[y * side + x] = Math.round(256 * OPACITY * Math.min(Math.max(r + 0.5 - distance, 0), 1));
        }
      made.push(stamp);
    }
  return { side, made };
}

/**
 * pixels: Int32Array [height, width] of ABGR, each colour multiplied by its opacity; places [2n] in px; colours [n] as opaque ABGR, 0 for
 * a point not to be shown.
 */
export function paintDots(pixels, width, height, places, colours, r) {
  const { side, made } = stamps(r), half = side / 2;
  for (let i = 0; i < colours.length; i++) {
    const colour = colours[i];
    if (!colour) continue;
    const px = places[2 * i], py = places[2 * i + 1], left = Math.floor(px), top = Math.floor(py);
    const x0 = left - half, y0 = top - half;
    if (x0 < 0 || y0 < 0 || x0 + side > width || y0 + side > height) continue;
    const stamp = made[((py - top) * STEPS | 0) * STEPS + ((px - left) * STEPS | 0)];
    const red = colour & 255, green = (colour >> 8) & 255, blue = (colour >> 16) & 255;
    for (let y = 0, s = 0, at = y0 * width + x0; y < side; y++, at += width - side)
      for (let x = 0; x < side; x++, s++, at++) {
        const a = stamp[s];
        if (!a) continue;
        const under = pixels[at], R = under & 255, G = (under >> 8) & 255, B = (under >> 16) & 255;
        const A = under >>> 24;
        pixels[at] = ((A + (((255 - A) * a) >> 8)) << 24) | ((B + (((blue - B) * a) >> 8)) << 16) | ((G + (((green - G) * a) >> 8)) << 8) | (R + (((red - R) * a) >> 8));
      }
  }
}

/** pixels as paintDots leaves them -> as an ImageData holds them: colours that are not multiplied by their opacity. In place. */
export function unmultiply(pixels) {
  for (let i = 0; i < pixels.length; i++) {
    const p = pixels[i], A = p >>> 24;
    if (!A || A === 255) continue;
    const part = (shift) => Math.min(Math.round((255 * ((p >> shift) & 255)) / A), 255) << shift;
    pixels[i] = (A << 24) | part(16) | part(8) | part(0);
  }
}
