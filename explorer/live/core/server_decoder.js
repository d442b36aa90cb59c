// Decoding on the server, for networks that the browser can't run. One request is pending at a time; then the latest one is sent.

const REQUEST_TIMEOUT_MS = 10_000; // after this time a request counts as lost

/** @typedef {{ zs: number[][], film_position: number | null }} Request */

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

  /** Request the images of zs (a z for each side) at a value on the film's axis, or null.
   * @param {number[][]} zs @param {number | null} filmPosition */
  request(zs, filmPosition) {
    this.latestRequest = { zs, film_position: filmPosition };
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

  /** Receive an answer. pixels: base64 of uint8 [C, H, W], or null, for each side; zs, film_position: what was decoded; lastMessage: the number of
   * the last message that the server had received.
   * @param {Request & { pixels: (string | null)[] }} answer @param {number} lastMessage */
  receive({ pixels, zs, film_position }, lastMessage) {
    this.shownRequest = { zs, film_position };
    this.onImages(pixels.map((image) => image === null ? null : Float32Array.from(atob(image), (byte) => byte.charCodeAt(0) / 255)));
    if (this.pendingNumber !== null && lastMessage >= this.pendingNumber) this.finishRequest();
    else this.sendNext();
  }

  close() {
    clearTimeout(this.timer);
  }
}

/** @param {Request | null} a @param {Request | null} b */
const isSameRequest = (a, b) => Boolean(a && b) && JSON.stringify(a) === JSON.stringify(b);
