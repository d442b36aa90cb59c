// Pointer and keyboard input on the map.

import { arrowStep } from "../core/arrow_keys.js";
import { positionOn } from "./dom.js";

const ZOOM_KEYS = new Map([["+", 1], ["=", 1], ["-", -1], ["−", -1]]); // "=" is the key of "+" without Shift
const MAX_CLICK_DISTANCE = 4; // px that the pointer may move between press and release of a click

/**
 * Call handlers.onHover(position) while the pointer is over the map, onLeave() when it leaves, onRelease(position, isClick) when it is
 * released, onStep([x, y]) for an arrow key or onStep(null) for Home, and onCommit() when the key is released; onZoom(1 or -1) for + and −,
 * onFit() for 0. Positions are px on the canvas, clamped to the plot area. Escape returns the focus to the page. A second pointer is
 * ignored while one is pressed. Return a function that ends what the pointer does: a drag is released where it is, a press is undone.
 */
export function addMapListeners(canvas, map, handlers) {
  let pressed = null; // { id, position, last: position }
  const positionOf = (event) => positionOn(canvas, event);
  const isClickAt = (position) => Math.hypot(position[0] - pressed.position[0], position[1] - pressed.position[1]) < MAX_CLICK_DISTANCE;
  const isOtherPointer = (event) => pressed && pressed.id !== event.pointerId;

  canvas.onpointerdown = (event) => {
    const position = positionOf(event);
    if (pressed || event.button !== 0 || !map.plotArea?.contains(position)) return;
    canvas.setPointerCapture(event.pointerId);
    pressed = { id: event.pointerId, position, last: position };
    handlers.onHover(position);
  };
  canvas.onpointermove = (event) => {
    if (isOtherPointer(event) || !map.plotArea) return;
    const position = positionOf(event);
    if (pressed) handlers.onHover((pressed.last = map.plotArea.clamp(position)));
    else if (event.pointerType === "mouse") map.plotArea.contains(position) ? handlers.onHover(position) : handlers.onLeave();
  };
  canvas.onpointerup = (event) => {
    if (!pressed || isOtherPointer(event)) return;
    const position = map.plotArea.clamp(positionOf(event)), isClick = isClickAt(position);
    pressed = null;
    handlers.onRelease(position, isClick);
    if (event.pointerType !== "mouse") handlers.onLeave();
  };
  canvas.onpointercancel = canvas.onlostpointercapture = canvas.onpointerleave = (event) => {
    if (isOtherPointer(event)) return;
    pressed = null;
    handlers.onLeave();
  };

  let movedByKey = false;
  canvas.onkeydown = (event) => {
    const step = arrowStep(event), direction = ZOOM_KEYS.get(event.key);
    if (event.ctrlKey || event.metaKey || event.altKey || !(step || direction || ["Home", "0", "Escape"].includes(event.key))) return;
    event.preventDefault();
    event.stopPropagation();
    if (event.key === "Escape") return canvas.blur(); // so that keys reach the page again
    if (direction) return handlers.onZoom(direction);
    if (event.key === "0") return handlers.onFit();
    movedByKey = true;
    handlers.onStep(step);
  };
  canvas.onkeyup = canvas.onblur = () => {
    if (movedByKey) handlers.onCommit();
    movedByKey = false;
  };

  return () => {
    if (pressed && !isClickAt(pressed.last)) handlers.onRelease(pressed.last, false);
    pressed = null;
    handlers.onLeave();
  };
}
