// Painting once a frame.

export class FramePainter {
  /** paint(): called in the frame after a request, once for all requests; onError(error): called with what it throws. */
  constructor(paint, onError) {
    Object.assign(this, { paint, onError, frame: null });
  }

  request() {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null;
      try {
        this.paint();
      } catch (error) {
        this.onError(error);
      }
    });
  }

  close() {
    cancelAnimationFrame(this.frame);
    this.request = () => {};
  }
}
