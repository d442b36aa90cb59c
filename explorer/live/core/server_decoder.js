// Decoding on the server, for networks that the browser can't run. One request is pending at a time; then the latest one is sent.

import { decodeBase64 } from "./base64.js";

const REQUEST_TIMEOUT_MS = 10_000; // after this time a request counts as lost

/** @typedef {Record<string, any>} Request the values of a state that an image depends on */

export class ServerDecoder {
  /** send(request): send a request and return its number; onImages(pixels): called with an image or null for each side.
   * @param {(request: Request) => number} send @param {(pixels: (Float32Array | null)[]) => void} onImages */
  constructor(send, onImages) {
    this.send = send;
    this.onImages = onImages;
    /** @type {Request | null} */
    this.latestRequest = null;
    /** @type {Request | null} */
    this.shownRequest = null;
    /** @type {number | null} */
    this.pendingNumber = null;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
  }

  /** Request the images of values.
   * @param {Request} values */
  request(values) {
    this.latestRequest = values;
    this.sendNext();
  }

  /** Whether the images shown are those of the latest request. */
  get isUpToDate() {
    return isSameRequest(this.latestRequest, this.shownRequest);
  }

  sendNext() {
    if (!this.latestRequest || this.isUpToDate || this.pendingNumber !== null) return;
    this.pendingNumber = this.send(this.latestRequest);
    this.timer = setTimeout(() => this.finishRequest(), REQUEST_TIMEOUT_MS);
  }

  finishRequest() {
    clearTimeout(this.timer);
    this.pendingNumber = null;
    this.sendNext();
  }

  /** Receive an answer. pixels: base64 of uint8 [C, H, W], or null, for each side; values: what was decoded; lastMessage: the number of the last
   * message that the server had received.
   * @param {{ pixels: (string | null)[], values: Request }} answer @param {number} lastMessage */
  receive({ pixels, values }, lastMessage) {
    this.shownRequest = values;
    this.onImages(pixels.map((image) => image === null ? null : Float32Array.from(decodeBase64(image), (byte) => byte / 255)));
    if (this.pendingNumber !== null && lastMessage >= this.pendingNumber) this.finishRequest();
    else this.sendNext();
  }

  close() {
    clearTimeout(this.timer);
  }
}

/** @param {Request | null} a @param {Request | null} b */
const isSameRequest = (a, b) => Boolean(a && b) && JSON.stringify(a) === JSON.stringify(b);
