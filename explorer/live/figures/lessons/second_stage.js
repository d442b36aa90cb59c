// A diffusion model that leads noise to codes: many paths by time, and one whose start follows the hand.

import { Network } from "../../core/network.js";
import { sampleNormal, seedUniform } from "../../core/random.js";
import { pointOnPath } from "../../core/path.js";
import { SecondStage } from "../../core/second_stage.js";
import { declareCodes, placeCodes } from "../../view/codes_part.js";
import { createElement } from "../../view/dom.js";
import { createImageStrip } from "../../view/image_strip.js";
import { createResampleButton } from "../../view/resample_button.js";
import { declareShareBars, placeShareBars } from "../../view/share_bars.js";
import { LessonFigure } from "./lesson.js";

const FLOW_PATHS = 150; // on the map
const FLOW_IMAGES = 18;
const MAX_NOISE = 3; // of the path that is moved, standard deviations
const MAX_DISTANCE = 1; // from the code of the task

const declareFlow = ([x0, y0, x1, y1], classes) => ({
  title: "AE, 2 numbers: from noise to codes",
  description: "Codes of test images by class, points on their way from noise to codes, and one path whose start can be moved",
  x: { title: "z₁", domain: [x0, x1], hasGrid: false },
  y: { title: "z₂", domain: [y0, y1], hasGrid: false },
  height: 330,
  legend: "none",
  parts: [
    declareCodes(classes),
    { kind: "scatter", name: "flow", label: "", colour: "z", shape: "cross", radius: 3.5 },
    { kind: "line", name: "path", label: "path", colour: "mu", width: 2.5 },
    { kind: "scatter", name: "target", label: "code of the task", colour: "text", shape: "square", radius: 6 },
    { kind: "scatter", name: "now", label: "", colour: "mu", shape: "diamond", radius: 6 },
    { kind: "marker", name: "start", label: "start", colour: "eps", draggable: true, radius: 9 },
  ],
  buttons: ["png", "svg"],
});

/** Return the positions of paths at a time. */
const positionsAt = (paths, time) => paths.map((path) => pointOnPath(path, time));

export class SecondStageLesson extends LessonFigure {
  static controlSymbols = { time: "z" };
  static awaited = ["map_decoder", "stage", "decoder", "shares"];

  buildFigure() {
    const { codes, target, map_stage: mapStage } = this.blocks;
    Object.assign(this, { onMap: new SecondStage(mapStage), target: target.metadata });
    const { z, y } = codes.tensors(), { bounds, class_names: classes } = codes.metadata, shape = target.metadata.image_shape;
    const flow = this.addPlot(declareFlow(bounds, classes), { onMarkerMove: (_, point) => this.move(this.noiseAt(point)) });
    flow.plot.update({ codes: placeCodes(z, y), target: { x: [this.target.z[0]], y: [this.target.z[1]] } });
    this.flow = flow.plot;
    const ofPath = ["On the path", "At its end", `Test image (${this.target.class})`];
    this.pathStrip = createImageStrip(ofPath.length, { label: "The path that is moved", shape, nameOf: (i) => ofPath[i] });
    this.pathNames = ofPath;
    this.testImage = Float32Array.from(target.tensors().image.data, (value) => value / 255);
    this.strip = createImageStrip(FLOW_IMAGES, { label: "Decoded, 16 numbers", shape, nameOf: (i) => `path ${i + 1} of the AE with 16 numbers` });
    this.stripHead = createElement("p", {}, createElement("strong", {}, "AE, 16 numbers"), " ");
    this.veil = createElement("p.veil", {}, "Predict first: then what is decoded appears here.");
    this.images = createElement("div.second-stage-images", {}, this.pathStrip.element, this.stripHead, this.strip.element);
    this.measured = createElement("div.second-stage-shares");
    return [flow.element, this.veil, this.images, this.measured];
  }

  arrange(figure) {
    const elements = super.arrange(figure);
    for (const name of ["u", "v", "seed"]) this.controls.element.querySelector(`[data-testid=control-${name}]`).closest("label").remove();
    this.stripHead.append(createResampleButton(this, "seed"));
    return elements;
  }

  /** Take the networks that decode, and what was measured. */
  receive({ map_decoder: mapDecoder, stage, decoder, shares }) {
    if (mapDecoder) this.mapDecoder = new Network(mapDecoder);
    if (stage) Object.assign(this, { deep: new SecondStage(stage), pathsSeed: null });
    if (decoder) this.decoder = new Network(decoder);
    if (!shares) return;
    const { n, n_images: images, rows } = shares.metadata, { plot, element } = this.addPlot(declareShareBars(rows, { title: "AE, 16 numbers: measured shares", axis: "on the paths", n, markerColour: "z" }));
    plot.update(placeShareBars(rows));
    this.bars = plot;
    const note = `${n.toLocaleString("en")} test codes and as many samples; 95% intervals; one training. Not covered: of ${images.toLocaleString("en")} test images, those without one of as many decoded samples near, by features of the classifier. Equal distributions have 3% of all but the share below 90%. The classifier also names images that show nothing.`;
    this.measured.replaceChildren(element, createElement("p.readout", {}, note));
  }

  /** Return the noise at which a path begins at a point of the map, within the limits of the fields u and v. */
  noiseAt({ x, y }) {
    const [u, v] = this.onMap.whiten([x, y]).map((value) => Math.min(Math.max(value, -MAX_NOISE), MAX_NOISE));
    return { u, v };
  }

  paintFigure({ time, u, v, seed }, isAnswered) {
    this.findPaths([u, v], seed);
    const points = positionsAt(this.paths, time), now = pointOnPath(this.path, time);
    this.flow.update({
      flow: { x: points.map(([x]) => x), y: points.map(([, y]) => y) },
      path: { x: this.path.map(([x]) => x), y: this.path.map(([, y]) => y) },
      now: { x: [now[0]], y: [now[1]] },
      start: { x: this.path[0][0], y: this.path[0][1] },
    });
    this.veil.hidden = isAnswered;
    for (const element of [this.images, this.measured]) element.hidden = !isAnswered;
    if (!isAnswered) return;
    const images = [() => this.mapDecoder.forward(now), () => this.mapDecoder.forward(this.path.at(-1)), () => this.testImage];
    images.forEach((decode, i) => this.pathStrip.show(i, decode(), this.pathNames[i]));
    positionsAt(this.deepPaths, time).forEach((z, i) => this.strip.show(i, this.decoder.forward(z)));
    this.bars.update({ present: { x: time } });
  }

  /** Compute the paths anew whose noise has changed. */
  findPaths(noise, seed) {
    if (String(this.pathNoise) !== String(noise)) Object.assign(this, { pathNoise: noise, path: this.onMap.path(noise) });
    if (this.pathsSeed === seed) return;
    const uniform = seedUniform(seed), draw = (model, count) => Array.from({ length: count }, () => model.path(sampleNormal(model.nNoise, uniform)));
    Object.assign(this, { pathsSeed: seed, paths: draw(this.onMap, FLOW_PATHS), deepPaths: this.deep ? draw(this.deep, FLOW_IMAGES) : [] });
  }

  checkTask() {
    const end = this.path.at(-1), distance = Math.hypot(end[0] - this.target.z[0], end[1] - this.target.z[1]);
    return { isSolved: distance < MAX_DISTANCE, status: `The path ends ${distance.toFixed(1)} from the square.` };
  }
}
