// Adam (Kingma and Ba, ICLR 2015), with the constants of torch.

const MEAN_DECAY = 0.9;
const SQUARE_DECAY = 0.999;
const EPSILON = 1e-8;
const NEGLIGIBLE = 1e-30; // of a moment: too small to move a weight, and soon a subnormal number, with which CPUs are slow

export class Adam {
  /** @param {number} size of the parameters */
  constructor(size) {
    this.means = new Float32Array(size);
    this.squares = new Float32Array(size);
    this.step = 0;
  }

  /** Set the moments back to 0, as for another loss. */
  reset() {
    this.means.fill(0);
    this.squares.fill(0);
    this.step = 0;
  }

  /** Take a step, in place.
   * @param {Float32Array} parameters @param {Float32Array} gradients @param {number} learningRate */
  update(parameters, gradients, learningRate) {
    const { means, squares } = this;
    this.step++;
    const rate = learningRate / (1 - MEAN_DECAY ** this.step), scale = 1 / Math.sqrt(1 - SQUARE_DECAY ** this.step);
    for (let i = 0; i < parameters.length; i++) {
      const g = gradients[i], m = means[i] + (1 - MEAN_DECAY) * (g - means[i]), v = SQUARE_DECAY * squares[i] + (1 - SQUARE_DECAY) * g * g;
      means[i] = m < NEGLIGIBLE && m > -NEGLIGIBLE ? 0 : m;
      squares[i] = v < NEGLIGIBLE ? 0 : v;
      parameters[i] -= (rate * m) / (Math.sqrt(v) * scale + EPSILON);
    }
  }
}
