// What trains for the playground: a worker where the host allows one, or else the page itself, between its frames. Both take the messages
// of a TrainingSession, and pause while the tab is hidden.

import { TrainingSession } from "../../core/playground/session.js";

const SLICE_MS = 10; // of a frame, without a worker

/** Return a promise of a worker of a script (bytes) that is ready; of null where the host forbids it. */
function startWorker(script) {
  const address = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
  return new Promise((resolve) => {
    const worker = new Worker(address);
    worker.onmessage = () => resolve(worker);
    worker.onerror = (event) => (event.preventDefault(), resolve(null));
  }).catch(() => null).finally(() => URL.revokeObjectURL(address));
}

export class Engine {
  /** onMessage(message): of the session; onFault(error): it cannot go on. */
  constructor(script, { onMessage, onFault }) {
    Object.assign(this, { onMessage, onFault, waiting: [], isPlaying: false, speed: "full" });
    this.onVisibility = () => this.applyRun();
    document.addEventListener("visibilitychange", this.onVisibility);
    startWorker(script).then((worker) => {
      if (!this.waiting) return worker?.terminate(); // it was closed
      this.deliver = worker ? this.connectWorker(worker) : this.startInPage();
      for (const message of this.waiting) this.deliver(message);
    });
  }

  connectWorker(worker) {
    this.worker = worker;
    worker.onmessage = ({ data }) => this.onMessage(data);
    worker.onerror = ({ message }) => this.onFault(new Error(message));
    return (message) => worker.postMessage(message);
  }

  startInPage() {
    const session = new TrainingSession((message) => queueMicrotask(() => this.onMessage(message)));
    const step = () => {
      this.frame = requestAnimationFrame(step);
      try {
        if (session.isBusy) session.runSlice(SLICE_MS);
      } catch (error) {
        this.onFault(error);
      }
    };
    step();
    return (message) => session.receive(message);
  }

  send(message) {
    if (this.deliver) this.deliver(message);
    else this.waiting?.push(message);
  }

  /** Train, or pause. */
  run(isPlaying, speed) {
    if (isPlaying === this.isPlaying && speed === this.speed) return;
    Object.assign(this, { isPlaying, speed });
    this.applyRun();
  }

  applyRun() {
    this.send({ type: "run", isRunning: this.isPlaying && !document.hidden, speed: this.speed });
  }

  close() {
    document.removeEventListener("visibilitychange", this.onVisibility);
    cancelAnimationFrame(this.frame);
    this.worker?.terminate();
    Object.assign(this, { waiting: null, onMessage: () => {}, deliver: () => {} });
  }
}
