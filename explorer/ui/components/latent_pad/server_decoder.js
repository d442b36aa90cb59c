// Decoding by the server, for networks that the browser can't run: one request in flight, the latest wish wins.

const PATIENCE = 10_000; // ms until a request is taken for lost

export class ServerDecoder {
  /** ask(wish): sends a request and returns its number; show(pixels): takes an answer, of each side an image or null. */
  constructor(ask, show) {
    Object.assign(this, { ask, show, wish: null, shown: null, inFlight: null });
  }

  /** zs: of each side, and film: the place on its axis, or null. */
  want(zs, film) {
    this.wish = { zs, film };
    this.pump();
  }

  /** Whether the image is that of the latest wish. */
  get done() {
    return same(this.wish, this.shown);
  }

  pump() {
    if (!this.wish || this.done || this.inFlight !== null) return;
    this.inFlight = this.ask(this.wish);
    this.timer = setTimeout(() => this.landed(), PATIENCE);
  }

  landed() {
    clearTimeout(this.timer);
    this.inFlight = null;
    this.pump();
  }

  /** pixels: of each side base64 of uint8 [C, H, W], or null; zs, film: what they decode; heard: the last message that the server had then. */
  answer({ pixels, zs, film }, heard) {
    this.shown = { zs, film };
    this.show(pixels.map((image) => image && Float32Array.from(atob(image), (byte) => byte.charCodeAt(0) / 255)));
    if (this.inFlight !== null && heard >= this.inFlight) this.landed();
    else this.pump();
  }

  close() {
    clearTimeout(this.timer);
  }
}

const same = (a, b) => Boolean(a && b) && JSON.stringify(a) === JSON.stringify(b);
