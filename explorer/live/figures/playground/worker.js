// The script of the worker that trains: it computes while there is something to do, and takes messages between slices.

import { TrainingSession } from "../../core/playground/session.js";

const SLICE_MS = 8; // between messages
const IDLE_MS = 20; // until the next look, when a slow speed leaves time

/** Let a session answer the messages of a worker. */
function serveTraining(scope) {
  const session = new TrainingSession((message) => scope.postMessage(message)), channel = new MessageChannel();
  let isScheduled = false;
  const schedule = () => {
    if (isScheduled || !session.isBusy) return;
    isScheduled = true;
    if (session.isWaiting) setTimeout(run, IDLE_MS);
    else channel.port2.postMessage(null);
  };
  const run = () => {
    isScheduled = false;
    session.runSlice(SLICE_MS);
    schedule();
  };
  channel.port1.onmessage = run;
  scope.onmessage = ({ data }) => {
    session.receive(data);
    schedule();
  };
  scope.postMessage({ type: "ready" });
}

if (globalThis.WorkerGlobalScope && globalThis instanceof globalThis.WorkerGlobalScope) serveTraining(globalThis);
