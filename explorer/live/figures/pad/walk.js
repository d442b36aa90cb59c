// The path of a pad of two runs: what moves it, and how it is shown.

import { nounOf } from "../../core/vector_picture.js";
import { createElement, setText } from "../../view/dom.js";
import { WalkEnds } from "./walk_ends.js";
import { describeEnds, mixCodes, pathZs, walkEnds, WalkStrip } from "./walk_strip.js";

const N_MAP_STEPS = 13; // steps on the maps, crossed where they lie in a gap

export class Walk {
  constructor(pad) {
    const { sides, state, originals } = pad, commitWalk = (walk) => { pad.walk = walk; pad.hasUnsentMove = true; pad.commit(); };
    Object.assign(this, { sides, overlays: sides.map(() => null) });
    this.strip = new WalkStrip(sides);
    const startAt = (start) => commitWalk({ start, rows: [null, pad.walk.rows[1]] });
    this.startAtMeanButton = createElement("button", { onclick: () => startAt([0, 0]) }, "Start at the mean");
    this.ends = state.walkImageCount ? new WalkEnds(originals, state.walkImageCount, {
      onChoose: (end, row) => commitWalk({ start: end ? pad.walk.start : [0, 0], rows: pad.walk.rows.map((old, i) => (i === end ? row : old)) }),
      onSlide: (share) => pad.moveSides(sides.map((side) => mixCodes(...walkEnds(side, pad.walk), share))),
      onCommit: () => pad.commit(),
    }) : null;
    this.title = createElement("h4");
    this.element = createElement("section.walk", {},
      createElement("div.heading", {}, this.title, createElement("div.buttons", {},
        createElement("button", { onclick: () => startAt(pad.sliderSide.map.plane.toStandardUnits(pad.sliderSide.z)), title: "Let the path start at the present z" }, "Start here"), this.startAtMeanButton)),
      this.ends && this.ends.element, this.ends && this.ends.picker,
      createElement("div.both", {}, ...this.strip.strips.map(({ element }) => element)));
  }

  /** walk: see WalkStrip.show. */
  show(walk, filmPosition) {
    this.strip.show(walk, filmPosition);
    const { start, rows } = walk, isBetweenImages = !rows.includes(null);
    this.overlays = this.sides.map((side) => (isBetweenImages ? pathOverlay(side, walkEnds(side, walk)) : null));
    setText(this.title, `Path ${describeEnds(walk, nounOf(this.sides[0].metadata.image_shape))}`);
    this.startAtMeanButton.hidden = rows[0] === null && !start[0] && !start[1];
    this.ends?.show(walk, isBetweenImages ? shareOfPath(this.sides.at(-1), walk) : 0);
  }

  /** Return what the map of a side shows: { walkStart: z or null } of a path to the cursor, or { toolOverlay } of one between two images. */
  marksOn(side, walk) {
    const overlay = this.overlays[side.index];
    return overlay ? { toolOverlay: overlay } : { walkStart: walk.rows[1] === null ? walkEnds(side, walk)[0] : null };
  }

  close() {
    this.strip.close();
  }
}

function pathOverlay(side, ends) {
  const zs = pathZs(ends, N_MAP_STEPS);
  return { paths: [{ zs, gaps: zs.map((z) => Boolean(side.isInGap(z))), faint: false }] };
}

/** Return how far along its path the z of a side is, from 0 to 1: its orthogonal projection. */
function shareOfPath(side, walk) {
  const [start, end] = walkEnds(side, walk), z = side.visibleZ, direction = end.map((v, k) => v - start[k]);
  const dot = (a) => a.reduce((sum, v, k) => sum + v * direction[k], 0), squaredLength = dot(direction);
  return squaredLength ? Math.min(Math.max(dot(z.map((v, k) => v - start[k])) / squaredLength, 0), 1) : 0;
}
