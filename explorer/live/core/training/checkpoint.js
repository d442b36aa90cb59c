// A copy of all that changes during a training.

/** @typedef {import("./trainer.js").Trainer} Trainer */
/** @typedef {{ parameters: Float32Array, means: Float32Array, squares: Float32Array }} Arrays weights, and the moments of Adam */
/** @typedef {Arrays & { adamStep: number, logSigma: number, step: number, epoch: number, position: number }} Checkpoint */

/** Save a training, in the arrays of an earlier checkpoint if there is one, and return the checkpoint.
 * @param {Trainer} trainer @param {Arrays} [arrays] @returns {Checkpoint} */
export function saveCheckpoint({ autoencoder, adam, step, epoch, position }, arrays = allocateArrays(adam.means.length)) {
  arrays.parameters.set(autoencoder.parameters);
  arrays.means.set(adam.means);
  arrays.squares.set(adam.squares);
  return Object.assign(arrays, { adamStep: adam.step, logSigma: autoencoder.logSigma, step, epoch, position });
}

/** @param {number} size @returns {Arrays} */
const allocateArrays = (size) => ({ parameters: new Float32Array(size), means: new Float32Array(size), squares: new Float32Array(size) });

/** @param {Trainer} trainer @param {Checkpoint} checkpoint */
export function restoreCheckpoint(trainer, { parameters, means, squares, adamStep, logSigma, step, epoch, position }) {
  const { autoencoder, adam } = trainer;
  autoencoder.parameters.set(parameters);
  autoencoder.logSigma = logSigma;
  adam.means.set(means);
  adam.squares.set(squares);
  adam.step = adamStep;
  Object.assign(trainer, { step, epoch, position });
  trainer.shuffle();
}
