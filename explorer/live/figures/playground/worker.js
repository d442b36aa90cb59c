// The worker that trains: it computes without pause while there is something to do, and takes messages between slices.

import { TrainingSession } from "../../core/playground/session.js";

const SLICE_MS = 8; // between messages
const IDLE_MS = 20; // until the next look, when a slow speed leaves time

/** Let a session answer the messages of this worker; its script begins with this. */
export function serveTraining() {
  const session = new TrainingSession((message) => postMessage(message)), channel = new MessageChannel();
  let isScheduled = false;
  const schedule = () => {
    if (isScheduled || !session.isBusy) return;
    isScheduled = true;
    if (session.due < 1 && session.speed !== "full" && !session.batchesLeft) setTimeout(run, IDLE_MS);
    else channel.port2.postMessage(null);
  };
  const run = () => {
    isScheduled = false;
    session.runSlice(SLICE_MS);
    schedule();
  };
  channel.port1.onmessage = run;
  onmessage = ({ data }) => {
    session.receive(data);
    schedule();
  };
}
