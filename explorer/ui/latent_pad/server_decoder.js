// Decoding by the server, for networks that the browser can't run: one request in flight, the latest wish wins.

const PATIENCE = 10_000; // ms until a request is taken for lost

export class ServerDecoder {
  /** ask(z): sends the request; show(pixels): takes the answer. */
  constructor(ask, show) {
    Object.assign(this, { ask, show, wish: null, asked: null, shown: null });
  }

  want(z) {
    if (same(z, this.shown)) return;
    this.wish = z;
    this.pump();
  }

  pump() {
    if (this.wish === null || this.asked !== null) return;
    this.asked = this.wish;
    this.wish = null;
    this.ask(this.asked);
    this.timer = setTimeout(() => { this.asked = null; this.pump(); }, PATIENCE);
  }

  /** pixels: base64 of uint8 [C, H, W]; of: the z that they decode. */
  answer(pixels, of) {
    this.shown = of;
    if (same(of, this.wish)) this.wish = null;
    if (same(of, this.asked)) {
      clearTimeout(this.timer);
      this.asked = null;
    }
    this.show(Float32Array.from(atob(pixels), (byte) => byte.charCodeAt(0) / 255));
    this.pump();
  }

  close() {
    clearTimeout(this.timer);
  }
}

const same = (a, b) => Boolean(a && b) && a.every((v, i) => v === b[i]);
