// A copy of all that changes during a training.

/** @typedef {import("./trainer.js").Trainer} Trainer */
/** @typedef {{ parameters: Float32Array, means: Float32Array, squares: Float32Array, adamStep: number, logSigma: number, step: number, epoch: number, position: number, sums: { distortion: number, rate: number, loss: number } }} Checkpoint */

/** @param {Trainer} trainer @returns {Checkpoint} */
export function createCheckpoint(trainer) {
  const { autoencoder, adam } = trainer, sums = { ...trainer.sums };
  return { parameters: autoencoder.parameters.slice(), means: adam.means.slice(), squares: adam.squares.slice(), adamStep: adam.step, logSigma: autoencoder.logSigma, step: trainer.step, epoch: trainer.epoch, position: trainer.position, sums };
}

/** Save a training in a checkpoint that is there already.
 * @param {Trainer} trainer @param {Checkpoint} checkpoint */
export function saveCheckpoint(trainer, checkpoint) {
  const { autoencoder, adam, step, epoch, position, sums } = trainer;
  checkpoint.parameters.set(autoencoder.parameters);
  checkpoint.means.set(adam.means);
  checkpoint.squares.set(adam.squares);
  Object.assign(checkpoint, { adamStep: adam.step, logSigma: autoencoder.logSigma, step, epoch, position, sums: { ...sums } });
}

/** @param {Trainer} trainer @param {Checkpoint} checkpoint */
export function restoreCheckpoint(trainer, checkpoint) {
  const { autoencoder, adam } = trainer, { step, epoch, position, sums } = checkpoint;
  autoencoder.parameters.set(checkpoint.parameters);
  adam.means.set(checkpoint.means);
  adam.squares.set(checkpoint.squares);
  adam.step = checkpoint.adamStep;
  autoencoder.logSigma = checkpoint.logSigma;
  Object.assign(trainer, { step, epoch, position, sums: { ...sums } });
  trainer.shuffle();
}
