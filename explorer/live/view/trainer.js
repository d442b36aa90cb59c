// A trainer in a Worker where the page allows one, else in the page.

import { openLocalTrainer, openTrainerAt } from "../core/training/remote.js";

/** Return a RemoteTrainer. script: of the Worker, core/training/worker.js; it is made from a Blob, so that a page from disk has it too. Where
 * the page or the browser refuses it, the same calls are carried out in the page. Training waits for calls of runFor() either way.
 * @param {import("../core/training/trainer.js").Source} source @param {string} [script] */
export async function openTrainer(source, script) {
  const worker = script ? await startWorker(script) : null;
  return worker ? openTrainerAt(source, worker, () => worker.terminate()) : openLocalTrainer(source);
}

/** Return a Worker that is ready, or null.
 * @param {string} script @returns {Promise<Worker | null>} */
async function startWorker(script) {
  const address = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
  try {
    const worker = new Worker(address);
    return await new Promise((resolve) => {
      worker.onmessage = () => resolve(worker);
      worker.onerror = () => resolve(null);
    });
  } catch {
    return null;
  } finally {
    URL.revokeObjectURL(address);
  }
}
