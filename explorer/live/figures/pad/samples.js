// Decoded samples of each run side by side: from the prior, or from the Gaussian fitted to the codes.

import { nounOf } from "../../core/vector_picture.js";
import { arrangeImages } from "../../core/image_grid.js";
import { createElement, paintImage } from "../../view/dom.js";
import { createStrip } from "./strip.js";

const SAMPLE_COUNT = 32;
const SAMPLE_COLUMNS = 8;

export class Samples {
  /** sampleNoise(n): n standard normal numbers; callbacks: { onChange(), onSelect(side, z) } */
  constructor(sides, sampleNoise, callbacks) {
    this.noise = null; // standard normal numbers for each sample
    this.sheets = sides.filter((side) => side.network).map((side) => {
      const sheet = Object.assign(createStrip(side, "samples"), { zs: [] }), { canvas } = sheet;
      canvas.onclick = ({ offsetX, offsetY }) => {
        const row = Math.floor((offsetY / canvas.clientHeight) * (SAMPLE_COUNT / SAMPLE_COLUMNS)), column = Math.floor((offsetX / canvas.clientWidth) * SAMPLE_COLUMNS);
        if (sheet.zs[row * SAMPLE_COLUMNS + column]) callbacks.onSelect(side, sheet.zs[row * SAMPLE_COLUMNS + column]);
      };
      return sheet;
    });
    const dimensions = Math.max(...sides.map((side) => side.origin.length));
    const sample = () => { this.noise = Array.from({ length: SAMPLE_COUNT }, () => sampleNoise(dimensions)); callbacks.onChange(); };
    this.clearButton = createElement("button", { hidden: true, onclick: () => { this.noise = null; callbacks.onChange(); } }, "Clear");
    this.images = createElement("div.both", { hidden: true }, ...this.sheets.map(({ element }) => element));
    this.element = createElement("section.samples", {}, createElement("div.heading", {}, createElement("h4", {}, "Samples"), createElement("div.buttons", {},
      createElement("button", { onclick: sample }, `Sample ${SAMPLE_COUNT} from each`), this.clearButton)), this.images);
  }

  /** Return the sampled zs of a side. */
  codesOf(side) {
    return this.sheets.find((sheet) => sheet.side === side)?.zs;
  }

  /** Paint the samples again at the next show(). */
  invalidate() {
    for (const sheet of this.sheets) sheet.painted = null;
  }

  show(filmPosition) {
    this.images.hidden = this.clearButton.hidden = !this.noise;
    for (const sheet of this.sheets) {
      const { side, painted } = sheet, isStatic = side.map.film.frameCount === 1;
      if (painted?.noise === this.noise && painted.label === side.label && (isStatic || painted.filmPosition === filmPosition)) continue;
      sheet.painted = { noise: this.noise, label: side.label, filmPosition };
      sheet.zs = this.noise ? this.noise.map((codeNoise) => side.codeFromNoise(codeNoise)) : [];
      if (this.noise) this.paint(sheet, filmPosition);
    }
  }

  paint({ side, canvas, caption, zs }, filmPosition) {
    let gapCount = 0, uncertainCount = 0;
    const images = side.batchDecoder.forward(zs, filmPosition);
    const grid = arrangeImages(SAMPLE_COUNT, SAMPLE_COLUMNS, side.metadata.image_shape, (i) => {
      gapCount += Number(side.isInGap(zs[i]));
      uncertainCount += Number(side.decodedImage.isUncertain(images[i]));
      return images[i];
    });
    paintImage(canvas, grid.pixels, grid.shape);
    caption.textContent = [side.metadata.has_prior ? "from the prior" : "from the Gaussian fitted to its codes", side.isConditional && side.classText, side.map.hasGaps && `${gapCount} of ${SAMPLE_COUNT} in gaps`,
      side.decodedImage.classifier && `${uncertainCount} of ${SAMPLE_COUNT} ${side.decodedImage.lowConfidenceText} of the classifier`].filter(Boolean).join(", ");
    canvas.setAttribute("aria-label", `${SAMPLE_COUNT} ${nounOf(side.metadata.image_shape)}s sampled by the ${side.metadata.model}, ${caption.textContent}`);
  }
}
