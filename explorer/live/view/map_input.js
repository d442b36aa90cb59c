// Pointer and keyboard input on the map.

import { arrowStep } from "../core/arrow_keys.js";

const MAX_CLICK_DISTANCE = 4; // px that the pointer may move between press and release of a click

/**
 * Call handlers.onHover(position) while the pointer is over the map, onLeave() when it leaves, onRelease(position, isClick) when it is
 * released, onStep([x, y]) for an arrow key or onStep(null) for Home, and onCommit() when the key is released. Positions are px on the
 * canvas, clamped to the plot area. Escape returns the focus to the page. A second pointer is ignored while one is pressed.
 */
export function addMapListeners(canvas, map, handlers) {
  let pressed = null; // { id, position }
  const positionOf = ({ clientX, clientY }) => {
    const bounds = canvas.getBoundingClientRect();
    return [clientX - bounds.x, clientY - bounds.y];
  };
  const isOtherPointer = (event) => pressed && pressed.id !== event.pointerId;

  canvas.onpointerdown = (event) => {
    const position = positionOf(event);
    if (pressed || event.button !== 0 || !map.plotArea?.contains(position)) return;
    canvas.setPointerCapture(event.pointerId);
    pressed = { id: event.pointerId, position };
    handlers.onHover(position);
  };
  canvas.onpointermove = (event) => {
    if (isOtherPointer(event) || !map.plotArea) return;
    const position = positionOf(event);
    if (pressed) handlers.onHover(map.plotArea.clamp(position));
    else if (event.pointerType === "mouse") map.plotArea.contains(position) ? handlers.onHover(position) : handlers.onLeave();
  };
  canvas.onpointerup = (event) => {
    if (!pressed || isOtherPointer(event)) return;
    const position = map.plotArea.clamp(positionOf(event)), isClick = Math.hypot(position[0] - pressed.position[0], position[1] - pressed.position[1]) < MAX_CLICK_DISTANCE;
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
    if (event.key === "Escape") return canvas.blur(); // so that keys reach the page again
    const step = arrowStep(event);
    if (event.ctrlKey || event.metaKey || event.altKey || !(step || event.key === "Home")) return;
    event.preventDefault();
    movedByKey = true;
    handlers.onStep(step);
  };
  canvas.onkeyup = canvas.onblur = () => {
    if (movedByKey) handlers.onCommit();
    movedByKey = false;
  };
}
