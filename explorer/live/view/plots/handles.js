// Dragging on a plot: anywhere, or its draggable markers, by pointer and by arrow keys. A host is told at most once a frame.

import { arrowStep } from "../../core/arrow_keys.js";
import { formatSignificant } from "../../core/ticks.js";
import { createElement } from "../dom.js";
import { setAttributes } from "./svg.js";

const STEP_SHARE = 0.01; // of an axis, that an arrow key moves a marker

/** Return a function that passes its latest argument on at the next frame, and flush(), which passes it on at once. */
function limitToFrames(act) {
  let latest = null, request = 0;
  const flush = () => {
    cancelAnimationFrame(request);
    request = 0;
    const argument = latest;
    latest = null;
    if (argument) act(argument);
  };
  return { push: (argument) => { latest = argument; request ||= requestAnimationFrame(flush); }, flush, cancel: () => cancelAnimationFrame(request) };
}

/** Call onMove([px, py]) while the pointer is down on a node: on press, and then at most once a frame; onRelease() at its end. Positions are
 * pixels in the box element. A second pointer is ignored. Return a function that ends this. */
export function addDragging(node, box, onMove, onRelease) {
  let pointerId = null;
  const frames = limitToFrames(onMove);
  const positionOf = ({ clientX, clientY }) => {
    const { left, top } = box.getBoundingClientRect();
    return [clientX - left, clientY - top];
  };
  node.addEventListener("pointerdown", (event) => {
    if (pointerId !== null || event.button !== 0) return;
    pointerId = event.pointerId;
    node.setPointerCapture(pointerId);
    frames.push(positionOf(event));
    frames.flush();
  });
  node.addEventListener("pointermove", (event) => event.pointerId === pointerId && frames.push(positionOf(event)));
  node.addEventListener("lostpointercapture", (event) => {
    if (event.pointerId !== pointerId) return;
    pointerId = null;
    frames.flush();
    onRelease();
  });
  return frames.cancel;
}

export class Handle {
  /** A draggable marker's handle, above the drawing. plot: { box, frame, getValues, axes, onMarkerMove, onRelease } */
  constructor(part, plot) {
    this.part = part;
    this.plot = plot;
    this.axes = part.draggable === true ? null : part.draggable; // "x" or "y" alone
    this.element = createElement("div.plot-handle", { role: "slider", tabIndex: 0, "aria-label": part.label || part.name, hidden: true });
    this.stopDragging = addDragging(this.element, plot.box, (position) => this.move(position), plot.onRelease);
    this.element.addEventListener("keydown", (event) => this.handleKey(event));
    this.element.addEventListener("keyup", ({ key }) => arrowStep({ key }) && plot.onRelease());
  }

  /** Return data coordinates limited to the axes: those that this marker has; one that may not be moved stays. */
  limit(point) {
    const frame = this.plot.frame(), values = this.plot.getValues(this.part.name), result = {};
    for (const name of ["x", "y"]) {
      if (values[name] === undefined) continue;
      const { domain: [low, high] } = frame[name], isFixed = this.axes && this.axes !== name;
      result[name] = isFixed ? values[name] : Math.min(Math.max(point[name], low), high);
    }
    return result;
  }

  move([px, py]) {
    const { x, y } = this.plot.frame();
    this.plot.onMarkerMove(this.part.name, this.limit({ x: x.toData(px), y: y.toData(py) }));
  }

  handleKey(event) {
    const step = arrowStep(event);
    if (event.key === "Escape") this.element.blur();
    else if (!step || event.ctrlKey || event.metaKey || event.altKey) return;
    else {
      const frame = this.plot.frame(), values = this.plot.getValues(this.part.name), sole = values.x === undefined ? "y" : values.y === undefined ? "x" : this.axes;
      const [dx, dy] = sole === "x" ? [step[0] + step[1], 0] : sole === "y" ? [0, step[0] + step[1]] : step;
      const shift = (value, scale, count) => (value === undefined ? undefined : scale.toData(scale.toPixels(value) + count * STEP_SHARE * (scale.range[1] - scale.range[0])));
      this.plot.onMarkerMove(this.part.name, this.limit({ x: shift(values.x, frame.x, dx), y: shift(values.y, frame.y, dy) }));
    }
    event.preventDefault();
    event.stopPropagation();
  }

  /** Place the handle over its marker; values: null if it has none. */
  place(values) {
    this.element.hidden = !values;
    if (!values) return;
    const { x, y, box } = this.plot.frame(), isVertical = values.y === undefined, isHorizontal = values.x === undefined;
    const px = isHorizontal ? box.left + box.width / 2 : x.toPixels(values.x), py = isVertical ? box.top + box.height / 2 : y.toPixels(values.y);
    Object.assign(this.element.style, { left: `${px}px`, top: `${py}px`, width: isHorizontal ? `${box.width}px` : "", height: isVertical ? `${box.height}px` : "" });
    const { axes } = this.plot, [shown, scale] = isHorizontal || this.axes === "y" ? [values.y, y] : [values.x, x];
    const texts = [["x", values.x], ["y", values.y]].filter(([name, value]) => value !== undefined && (!this.axes || this.axes === name)).map(([name, value]) => `${axes[name].title || name} ${formatSignificant(value)}`);
    setAttributes(this.element, { "aria-valuenow": Number(shown.toPrecision(4)), "aria-valuemin": scale.domain[0], "aria-valuemax": scale.domain[1], "aria-valuetext": texts.join("; "), "aria-orientation": isHorizontal || this.axes === "y" ? "vertical" : "horizontal" });
  }
}
