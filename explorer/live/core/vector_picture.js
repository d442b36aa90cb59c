// Vectors that are no images, such as spectra, as pictures of bars over an axis. explorer/figures/vector_picture.py draws the same pixels.

const PICTURE_HEIGHT = 96; // px
const PICTURE_WIDTH = 144; // px
const AXIS_HEIGHT = 5; // rows of the axis and its ticks
const BAR_GREY = 0.55;
const LINE_GREY = 1; // of the upper end of a bar
const AXIS_GREY = 0.45;
const MIN_SPACED_WIDTH = 4; // columns of a bar from which it has room beside it
const MAX_PICTURE_TICKS = 5; // beside that of the first number

/** Return whether images of a shape [C, H, W] are vectors.
 * @param {number[]} shape */
export const isVector = ([channels, height, width]) => channels === 1 && height === 1 && width > 1;

/** Return what data of a shape [C, H, W] are called.
 * @param {number[]} shape */
export const nounOf = (shape) => (isVector(shape) ? "vector" : "image");

/** Return the shape [C, H, W] in which images are shown.
 * @param {number[]} shape */
export const pictureShape = (shape) => (isVector(shape) ? [1, PICTURE_HEIGHT, PICTURE_WIDTH] : shape);

/** Return how many numbers of n lie between two ticks: 1, 2 or 5 times a power of ten.
 * @param {number} n @returns {number} */
export function tickStep(n) {
  let power = 1;
  while (n / (5 * power) > MAX_PICTURE_TICKS) power *= 10;
  return [power, 2 * power, 5 * power].find((step) => n / step <= MAX_PICTURE_TICKS) ?? power;
}

/** Return the pixels of an image in [0, 1] as they are shown, in the shape pictureShape(shape): a vector as bars, each column the largest
 * of the numbers that it stands for; another image unchanged.
 * @param {Float32Array} pixels @param {number[]} shape */
export function pictureOf(pixels, shape) {
  if (!isVector(shape)) return pixels;
  const n = shape[2], top = PICTURE_HEIGHT - AXIS_HEIGHT, picture = new Float32Array(PICTURE_HEIGHT * PICTURE_WIDTH);
  const isSpaced = Math.floor(PICTURE_WIDTH / n) >= MIN_SPACED_WIDTH;
  for (let column = 0; column < PICTURE_WIDTH; column++) {
    const first = Math.floor((column * n) / PICTURE_WIDTH), last = Math.max(Math.floor(((column + 1) * n) / PICTURE_WIDTH), first + 1);
    picture[top * PICTURE_WIDTH + column] = AXIS_GREY;
    if (isSpaced && Math.floor((last * PICTURE_WIDTH) / n) === column + 1) continue;
    const largest = pixels.subarray(first, last).reduce((a, b) => Math.max(a, b), 0), height = Math.floor(Math.min(largest, 1) * top + 0.5);
    for (let y = 1; y <= height; y++) picture[(top - y) * PICTURE_WIDTH + column] = y === height ? LINE_GREY : BAR_GREY;
  }
  for (let i = 0; i < n; i += tickStep(n))
    for (let y = top + 1; y < top + 4; y++) picture[y * PICTURE_WIDTH + Math.floor(((2 * i + 1) * PICTURE_WIDTH) / (2 * n))] = AXIS_GREY;
  return picture;
}
