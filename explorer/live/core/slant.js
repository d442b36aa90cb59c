// How far what is bright in an image leans from the vertical.

/** Return the slant in degrees, positive to the right: of the line fitted to the columns over the rows, weighted by brightness.
 * @param {ArrayLike<number>} pixels of one channel, rows from the top @param {number} width */
export function slantDegrees(pixels, width) {
  let sum = 0, sumX = 0, sumY = 0, sumYY = 0, sumXY = 0;
  for (let i = 0; i < pixels.length; i++) {
    const weight = pixels[i], x = i % width, y = Math.floor(i / width);
    sum += weight;
    sumX += weight * x;
    sumY += weight * y;
    sumYY += weight * y * y;
    sumXY += weight * x * y;
  }
  const slope = (sum * sumXY - sumX * sumY) / (sum * sumYY - sumY * sumY);
  return (-180 / Math.PI) * Math.atan(slope);
}
