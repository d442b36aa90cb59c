// The map of a model that learns: the decoded plane behind its codes, and the posteriors of some of them.

import { clipTo } from "./axes.js";
import { LatentMap } from "./map.js";
import { traceCircle } from "./marks.js";

const N_POSTERIORS = 60; // that are drawn, of the first codes
const POSTERIOR_OPACITY = 0.8;
const MAX_POSTERIOR = 1e4; // px; that of a training which diverges is beyond all maps

export class TrainingMap extends LatentMap {
  /** codes: a CodesOnMap; plane: a DecodedPlane. */
  constructor(canvas, codes, decodedPlane, getTheme) {
    super(canvas, codes.block, getTheme);
    Object.assign(this, { codes, decodedPlane });
    this.seek(0);
  }

  /** Take over what the codes have become. */
  adopt() {
    this.film.points.set(this.codes.points);
    this.plane = this.codes.plane;
    [this.pointGrid, this.stale] = [null, true];
  }

  paintPoints(ctx) {
    ctx.save();
    clipTo(ctx, this.plotArea);
    this.decodedPlane.draw(ctx, this.plotArea);
    ctx.restore();
    super.paintPoints(ctx);
    if (this.metadata.has_prior) this.drawPosteriors(ctx);
  }

  /** Draw one standard deviation of the first posteriors, in the colours of their classes. */
  drawPosteriors(ctx) {
    const { film, labels, hiddenClasses, plotArea, pixelPositions, metadata } = this, { scale, box } = plotArea, { data } = film.frameTensors.posterior_factors;
    ctx.save();
    clipTo(ctx, plotArea);
    ctx.globalAlpha = POSTERIOR_OPACITY;
    ctx.lineWidth = 1;
    for (let row = 0; row < Math.min(N_POSTERIORS, this.pointCount); row++) {
      if (hiddenClasses.has(labels[row])) continue;
      const [x, y] = pixelPositions.subarray(2 * row, 2 * row + 2), [a, b, c] = data.subarray(3 * row, 3 * row + 3);
      if (!(Math.max(a, c, Math.abs(b)) * scale[0] < MAX_POSTERIOR)) continue;
      ctx.strokeStyle = metadata.classes[labels[row]].colour;
      traceCircle(ctx, 1, ([right, up]) => [x + a * right * scale[0], y - (b * right + c * up) * scale[1]], box);
      ctx.stroke();
    }
    ctx.restore();
  }
}
