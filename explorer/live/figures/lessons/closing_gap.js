// Samples of mixtures of Gaussians that were fitted to the codes of AEs, with the same noise for every number of Gaussians.

import { GaussianMixture, placeBetweenFits } from "../../core/gaussian_mixture.js";
import { Network } from "../../core/network.js";
import { sampleNormal, seedUniform } from "../../core/random.js";
import { declareCodes, placeCodes } from "../../view/codes_part.js";
import { createElement } from "../../view/dom.js";
import { createImageStrip } from "../../view/image_strip.js";
import { createResampleButton } from "../../view/resample_button.js";
import { declareShareBars, placeShareBars, SHARE_PARTS } from "../../view/share_bars.js";
import { LessonFigure } from "./lesson.js";

const MAP_SAMPLES = 200;
const IMAGE_SAMPLES = 24;
const FIT_MARGIN = 0.08; // share of the way between two fits that shows a fit itself
const ofVaes = ({ label }) => label === "VAE" || label === "wide";

const declareMap = ([x0, y0, x1, y1], classes, count) => ({
  title: "AE, 2 numbers",
  description: "Codes of test images by class, the Gaussians of the mixture, and its samples",
  x: { title: "z₁", domain: [x0, x1], hasGrid: false },
  y: { title: "z₂", domain: [y0, y1], hasGrid: false },
  height: 290,
  legend: "none",
  parts: [
    declareCodes(classes),
    ...Array.from({ length: count }, (_, k) => ({ kind: "ellipse", name: `gaussian ${k}`, label: "", colour: "sigma", radii: [1] })),
    { kind: "scatter", name: "samples", label: "samples", colour: "z", shape: "cross", radius: 3.5 },
  ],
  buttons: ["png", "svg"],
});

/** The mixtures of a run, by their number of Gaussians. */
class Mixtures {
  constructor({ metadata, tensors }) {
    const parts = tensors();
    this.sizes = metadata.n_components;
    this.fits = this.sizes.map((k) => new GaussianMixture(parts[`weights_${k}`], parts[`means_${k}`], parts[`factors_${k}`]));
  }

  /** Draw the numbers of `count` samples. */
  draw(count, seed) {
    const uniform = seedUniform(seed), { dimensions } = this.fits[0];
    this.noise = Array.from({ length: count }, () => ({ uniform: uniform(), normal: sampleNormal(dimensions, uniform) }));
  }

  /** Return the samples at a fit, or on the way to the next. */
  sample([i, share]) {
    return this.noise.map(({ uniform, normal }) => {
      const z = this.fits[i].sample(uniform, normal), next = share && this.fits[i + 1].sample(uniform, normal);
      return next ? z.map((value, d) => value + share * (next[d] - value)) : z;
    });
  }
}

export class ClosingGapLesson extends LessonFigure {
  static controlSymbols = { k: "sigma" };

  buildFigure() {
    const { codes, map_mixtures: mapMixtures, mixtures, decoder, shares } = this.blocks;
    Object.assign(this, { onMap: new Mixtures(mapMixtures), decoded: new Mixtures(mixtures), decoder: new Network(decoder), rows: shares.metadata.rows });
    const { z, y } = codes.tensors(), { bounds, class_names: classes } = codes.metadata, largest = Math.max(...this.onMap.sizes);
    const map = this.addPlot(declareMap(bounds, classes, largest));
    const bars = this.addPlot(declareShareBars(this.rows, { title: "AE, 16 numbers: measured shares", axis: "Gaussians K, and other densities", n: shares.metadata.n, markerColour: "sigma" }));
    map.plot.update({ codes: placeCodes(z, y) });
    this.strip = createImageStrip(IMAGE_SAMPLES, { label: "Samples, decoded", shape: mixtures.metadata.image_shape, nameOf: (i) => `sample ${i + 1} of the AE with 16 numbers` });
    Object.assign(this, { map: map.plot, bars: bars.plot });
    this.caption = createElement("strong");
    this.note = createElement("p.readout.wide");
    this.noteText = `${shares.metadata.n.toLocaleString("en")} test codes and as many samples; 95% intervals; one training of each model. VAE: samples of the prior, at KL weight 1 with the network of the AE; wide: a VAE with more hidden units. Not covered: of ${shares.metadata.n_images.toLocaleString("en")} test images, those without one of as many decoded samples near, by features of the classifier. Equal distributions have 3% of all but the share below 90%. The classifier also names images that show nothing: fewer below 90% do not prove good images.`;
    this.sampleHead = createElement("p", {}, this.caption, " ");
    return [map.element, createElement("div.closing-samples", {}, this.sampleHead, this.strip.element), bars.element, this.note];
  }

  arrange(figure) {
    const elements = super.arrange(figure), { element } = this.controls;
    element.querySelector("[data-testid=control-seed]").closest("label").remove();
    this.sampleHead.append(createResampleButton(this, "seed"));
    this.slider = element.querySelector("input[type=range]");
    return elements;
  }

  receive({ decoder }) {
    if (decoder) this.decoder = new Network(decoder);
  }

  /** Once the hand has let go, the task can be solved. */
  commit() {
    super.commit();
    this.painter.request();
  }

  paintFigure({ k, seed }, isAnswered) {
    const { onMap, decoded } = this, place = placeBetweenFits(onMap.sizes, k, FIT_MARGIN), nearest = place[0] + Math.round(place[1]);
    if (this.drawnSeed !== seed) {
      this.drawnSeed = seed;
      onMap.draw(MAP_SAMPLES, seed);
      decoded.draw(IMAGE_SAMPLES, seed);
    }
    this.describe(onMap.sizes, place);
    const points = onMap.sample(place), values = { samples: { x: points.map(([x]) => x), y: points.map(([, y]) => y) } };
    if (this.shownFit !== nearest) {
      const fit = onMap.fits[nearest], largest = Math.max(...onMap.sizes);
      for (let i = 0; i < largest; i++) values[`gaussian ${i}`] = i < fit.size ? fit.ellipse(i) : null;
      this.shownFit = nearest;
    }
    this.map.update(values);
    decoded.sample(place).forEach((z, i) => this.strip.show(i, this.decoder.forward(z)));
    this.showBars(place, isAnswered);
    this.note.textContent = isAnswered ? this.noteText : "What was measured of the VAE appears after your prediction.";
  }

  /** Say which fit is shown, beside the images and the slider. */
  describe(sizes, [i, share]) {
    const text = share === 0 ? `${sizes[i]}` : share === 1 ? `${sizes[i + 1]}` : `${sizes[i]} → ${sizes[i + 1]}`;
    this.caption.textContent = `AE, 16 numbers: K = ${text}`;
    this.slider.nextElementSibling.textContent = text;
    this.slider.setAttribute("aria-valuetext", text);
  }

  showBars([i, share], isAnswered) {
    this.bars.update({ present: { x: i + share } });
    if (this.barsAnswered === isAnswered) return;
    this.barsAnswered = isAnswered;
    this.bars.update(placeShareBars(this.rows, (row) => isAnswered || !ofVaes(row)));
  }

  /** The fewest Gaussians whose shares are all lower than those of the VAE; not while the figure moves. */
  checkTask({ k, answer }) {
    const { sizes } = this.onMap, [i, share] = placeBetweenFits(sizes, k, FIT_MARGIN), fit = i + share;
    if (!Number.isInteger(fit)) return { isSolved: false, status: "" };
    const count = (row) => Object.values(row.is_lower).filter(Boolean).length, all = Object.keys(SHARE_PARTS).length;
    const isFewest = this.rows.slice(0, sizes.length).findIndex((row) => count(row) === all) === fit;
    return { isSolved: isFewest && !this.isHeld, status: `K = ${sizes[fit]}${answer ? `: lower than the VAE in ${count(this.rows[fit])} of ${all}` : ""}.` };
  }
}
