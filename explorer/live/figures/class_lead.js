// The lecturer's button that lets the phones of a class follow the figure of a lesson in the same window, and the pointer on it.

import { createElement, setText } from "../view/dom.js";

const LOOK_MS = 150; // between looks at the figure
const SEND_AGAIN_MS = 1_000;
const TIMEOUT_MS = 8_000;
const ENDED = [404, 409, 410]; // the class, or its question
const WATCH_HEADER = "X-Class-Watch";

export class ClassLead {
  /** options: { address: that takes what the figure shows, as seen from this script, watch: what the server asks for, round: number of the
   * question, lesson, is_led: whether phones follow already } */
  constructor(root, blocks, { options }) {
    Object.assign(this, { options, isLed: options.is_led, wasLed: options.is_led, isClosed: false, sent: null });
    this.button = createElement("button", { onclick: () => this.toggle(), "aria-pressed": String(this.isLed), title: "Until you press it again, the figure on all phones moves with yours, and a ring shows where you point" }, "Phones follow my figure");
    this.note = createElement("p", { role: "status" });
    root.replaceChildren(createElement("div.class-lead", {}, this.button, this.note));
    this.follow();
  }

  toggle() {
    this.isLed = !this.isLed;
    this.button.setAttribute("aria-pressed", String(this.isLed));
  }

  /** Return what the lesson shows, or null if another one is on this page. */
  read() {
    const shown = globalThis.readLesson?.();
    return shown?.lesson === this.options.lesson ? shown : null;
  }

  /** Send what the figure shows whenever it has changed, and finally that the phones stop following. */
  async follow() {
    let delay = LOOK_MS;
    for (; !this.isClosed; await new Promise((done) => setTimeout(done, delay))) {
      const { isLed, wasLed } = this, shown = isLed || wasLed ? this.read() : null, text = JSON.stringify([isLed, shown]);
      if (!shown || text === this.sent) continue;
      const isSent = await this.send(shown, isLed);
      if (isSent) Object.assign(this, { sent: text, wasLed: isLed });
      delay = isSent ? LOOK_MS : SEND_AGAIN_MS;
    }
  }

  /** Return a promise of whether the server has what the figure shows. */
  async send({ hash, pointer }, isLed) {
    const { address, watch, round } = this.options, body = JSON.stringify({ round, isLed, hash, pointer });
    const headers = { "Content-Type": "application/json", [WATCH_HEADER]: watch }, request = { method: "POST", headers, body, signal: AbortSignal.timeout(TIMEOUT_MS) };
    const response = await fetch(new URL(address, import.meta.url), request).catch(() => null), reply = await response?.json().catch(() => null);
    const isSent = Boolean(response?.ok);
    if (ENDED.includes(response?.status)) this.isClosed = true;
    setText(this.note, isSent ? "" : (reply?.sentence ?? "The server does not answer. This page tries again every second."));
    return isSent;
  }

  /** It takes no state from the page. */
  applyState() {}

  close() {
    this.isClosed = true;
  }
}
