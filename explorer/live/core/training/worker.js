// The script of a Worker that trains.

import { serveTrainer } from "./remote.js";

/** @type {any} */
const scope = globalThis;
if (scope.WorkerGlobalScope && scope instanceof scope.WorkerGlobalScope) {
  serveTrainer(scope);
  scope.postMessage("ready");
}
