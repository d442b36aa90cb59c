// What trains for the playground: a worker where the host allows one, or else the page itself, between its frames. Both take the messages
// of a TrainingSession, and pause while the tab is hidden.

import { TrainingSession } from "../../core/playground/session.js";

const SLICE_MS = 10; // of a frame, without a worker

/** Return a worker of a script (bytes); null where the host forbids it. */
function startWorker(script) {
  try {
    const address = URL.createObjectURL(new Blob([script], { type: "text/javascript" })), worker = new Worker(address);
    return Object.assign(worker, { address });
  } catch {
    return null;
  }
}

export class Engine {
  /** onMessage(message): of the session; onFault(error): it cannot go on. */
  constructor(script, { onMessage, onFault }) {
    Object.assign(this, { onMessage, onFault, log: new Map(), isPlaying: false, speed: "full", hasAnswered: false });
    this.worker = startWorker(script);
    if (this.worker) {
      this.worker.onmessage = ({ data }) => {
        this.hasAnswered = true;
        onMessage(data);
      };
      this.worker.onerror = (event) => {
        event.preventDefault();
        if (this.hasAnswered) onFault(new Error(event.message));
        else this.leaveWorker();
      };
    } else this.startInPage();
    this.onVisibility = () => this.applyRun();
    document.addEventListener("visibilitychange", this.onVisibility);
  }

  /** A worker may be forbidden only when it loads its script: then the page takes over all that it was told. */
  leaveWorker() {
    this.endWorker();
    this.startInPage();
    for (const message of this.log.values()) this.session.receive(message);
  }

  startInPage() {
    this.session = new TrainingSession((message) => queueMicrotask(() => this.session && this.onMessage(message)));
    const step = () => {
      if (!this.session) return;
      try {
        if (this.session.isBusy) this.session.runSlice(SLICE_MS);
      } catch (error) {
        return this.onFault(error);
      }
      this.frame = requestAnimationFrame(step);
    };
    this.frame = requestAnimationFrame(step);
  }

  send(message) {
    if (message.type === "open") this.log.delete("turn");
    if (!this.hasAnswered) this.log.set(message.type, message);
    if (this.worker) this.worker.postMessage(message);
    else this.session.receive(message);
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

  endWorker() {
    if (!this.worker) return;
    this.worker.terminate();
    URL.revokeObjectURL(this.worker.address);
    this.worker = null;
  }

  close() {
    document.removeEventListener("visibilitychange", this.onVisibility);
    cancelAnimationFrame(this.frame);
    this.endWorker();
    this.session = null;
  }
}
