// Losses as sums and as means over images.

/** @typedef {{ distortion: number, rate: number, loss: number }} Losses in nats; loss is distortion + beta·rate */

/** @returns {Losses} */
export const zeroLosses = () => ({ distortion: 0, rate: 0, loss: 0 });

/** Add the losses of n images to sums, in place.
 * @param {Losses} sums @param {Losses} means of these images @param {number} n */
export function addLosses(sums, means, n) {
  sums.distortion += n * means.distortion;
  sums.rate += n * means.rate;
  sums.loss += n * means.loss;
}

/** @param {Losses} sums over n images @param {number} n @returns {Losses} */
export const meanLosses = ({ distortion, rate, loss }, n) => ({ distortion: distortion / n, rate: rate / n, loss: loss / n });
