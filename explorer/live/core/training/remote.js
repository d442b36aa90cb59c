// A trainer that is called from elsewhere, such as from the page of a Worker: every method returns a promise.

import { UserFacingError } from "../errors.js";
import { createTrainer } from "./trainer.js";

/** @typedef {import("./trainer.js").Trainer} Trainer */
/** @typedef {import("./trainer.js").Source} Source */
/** @typedef {"update" | "runBatch" | "runFor" | "encode" | "decode" | "evaluate" | "readWeights" | "loadWeights" | "state" | "restore"} Method */
/** @typedef {{ value?: any, hasDiverged?: boolean, fault?: { message: string, isForVisitors: boolean } }} Answer */
/** @typedef {{ postMessage: (message: any, transfer?: any) => void, onmessage: ((event: any) => void) | null }} Port of a Worker, or in it */

/** Let a trainer answer the calls that arrive at a port: { id, method, args }. The first one, "create", has the source of the trainer. An
 * answer is { id, value, hasDiverged }, or { id, fault }.
 * @param {Port} port */
export function serveTrainer(port) {
  const answer = createAnswerer();
  port.onmessage = ({ data: { id, method, args } }) => {
    const answered = answer(method, args);
    port.postMessage({ id, ...answered }, answered.value instanceof Float32Array ? [answered.value.buffer] : []);
  };
}

/** @returns {(method: Method | "create", args: any[]) => Answer} */
function createAnswerer() {
  /** @type {any} */
  let trainer = null;
  return (method, args) => {
    try {
      let value;
      if (method === "create") trainer = createTrainer(args[0]);
      else value = trainer[method](...args);
      return { value, hasDiverged: trainer.hasDiverged };
    } catch (error) {
      const { message } = /** @type {Error} */ (error);
      return { fault: { message, isForVisitors: error instanceof UserFacingError } };
    }
  };
}

/** The methods of a Trainer, as promises; they are carried out in the order of the calls. */
export class RemoteTrainer {
  /** @param {(method: Method | "create", args: any[]) => Promise<Answer> | Answer} ask @param {() => void} close */
  constructor(ask, close) {
    this.ask = ask;
    this.close = close;
    this.hasDiverged = false; // as of the latest answer
  }

  /** @param {Method | "create"} method @param {...any} args */
  async call(method, ...args) {
    const { value, hasDiverged, fault } = await this.ask(method, args);
    if (fault) throw fault.isForVisitors ? new UserFacingError(fault.message) : new Error(fault.message);
    this.hasDiverged = Boolean(hasDiverged);
    return value;
  }

  /** @param {Parameters<Trainer["update"]>} args @returns {Promise<void>} */
  update(...args) { return this.call("update", ...args); }

  /** @returns {Promise<ReturnType<Trainer["runBatch"]>>} */
  runBatch() { return this.call("runBatch"); }

  /** @param {Parameters<Trainer["runFor"]>} args @returns {Promise<ReturnType<Trainer["runFor"]>>} */
  runFor(...args) { return this.call("runFor", ...args); }

  /** @param {Parameters<Trainer["encode"]>} args @returns {Promise<ReturnType<Trainer["encode"]>>} */
  encode(...args) { return this.call("encode", ...args); }

  /** @param {Parameters<Trainer["decode"]>} args @returns {Promise<ReturnType<Trainer["decode"]>>} */
  decode(...args) { return this.call("decode", ...args); }

  /** @param {Parameters<Trainer["evaluate"]>} args @returns {Promise<ReturnType<Trainer["evaluate"]>>} */
  evaluate(...args) { return this.call("evaluate", ...args); }

  /** @returns {Promise<ReturnType<Trainer["readWeights"]>>} */
  readWeights() { return this.call("readWeights"); }

  /** @param {Parameters<Trainer["loadWeights"]>} args @returns {Promise<void>} */
  loadWeights(...args) { return this.call("loadWeights", ...args); }

  /** @returns {Promise<ReturnType<Trainer["state"]>>} */
  state() { return this.call("state"); }

  /** @param {Parameters<Trainer["restore"]>} args @returns {Promise<void>} */
  restore(...args) { return this.call("restore", ...args); }
}

/** Return a trainer in this thread, whose calls are carried out at once.
 * @param {Source} source */
export async function openLocalTrainer(source) {
  const trainer = new RemoteTrainer(createAnswerer(), () => {});
  await trainer.call("create", source);
  return trainer;
}

/** Return a trainer behind a port at which serveTrainer() answers.
 * @param {Source} source @param {Port} port @param {() => void} close */
export async function openTrainerAt(source, port, close) {
  /** @type {Map<number, (answer: Answer) => void>} */
  const waiting = new Map();
  let calls = 0;
  port.onmessage = ({ data: { id, ...answer } }) => {
    waiting.get(id)?.(answer);
    waiting.delete(id);
  };
  const ask = (/** @type {string} */ method, /** @type {any[]} */ args) =>
    new Promise((/** @type {(answer: Answer) => void} */ resolve) => {
      waiting.set(calls, resolve);
      port.postMessage({ id: calls++, method, args });
    });
  const trainer = new RemoteTrainer(ask, close);
  await trainer.call("create", source);
  return trainer;
}
