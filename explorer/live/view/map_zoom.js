// Zooming and panning a map: Ctrl or ⌘ and the wheel, two fingers, Shift or the middle button and a drag, and buttons.

import { measurePinch, moveView, wheelFactor } from "../core/map_view.js";
import { positionOn } from "./dom.js";
import { ZoomButtons } from "./zoom_buttons.js";

const BUTTON_FACTOR = 2;

export class MapZoom {
  /** container: of the map's canvas, which gets the buttons; handlers: { onStart() when a gesture begins, onChange(), noun of the data, if
   * they are no images }. */
  constructor(container, map, handlers) {
    Object.assign(this, { handlers, fingers: new Map(), isPinching: false, drag: null });
    this.buttons = new ZoomButtons({ onStep: (direction) => this.step(direction), onFit: () => this.fit(), onToggleImages: () => this.toggleImages() }, handlers.noun ?? "image");
    container.append(this.buttons.element);
    this.setMap(map);
    container.addEventListener("wheel", (event) => this.turnWheel(event), { passive: false });
    container.addEventListener("touchstart", (event) => { if (event.touches.length > 1) event.preventDefault(); }, { passive: false });
    container.addEventListener("mousedown", (event) => { if (event.button === 1) event.preventDefault(); }); // the browser would scroll
    for (const [type, act] of [["pointerdown", this.press], ["pointermove", this.move], ["pointerup", this.release], ["pointercancel", this.release]])
      container.addEventListener(type, (event) => { if (act.call(this, event)) event.stopPropagation(); }, true); // before it moves z
  }

  /** Zoom another map on the same canvas from now on. */
  setMap(map) {
    this.map = map;
    map.onPaint = () => this.buttons.show(map);
  }

  /** Zoom in (direction 1) or out (-1) around z, or around the middle if z is not seen. */
  step(direction) {
    const { map } = this, { plotArea } = map;
    if (!plotArea) return;
    const anchor = map.cursorPosition && plotArea.contains(map.cursorPosition) ? map.cursorPosition : plotArea.middle;
    this.change(anchor, anchor, BUTTON_FACTOR ** direction);
  }

  fit() {
    if (!this.map.plotArea) return;
    this.map.setView({ zoom: 1, centre: this.map.plotArea.fitCentre });
    this.handlers.onChange();
  }

  toggleImages() {
    const { view, thumbnails } = this.map;
    view.showsImages = !thumbnails.areShown(view);
    this.handlers.onChange();
  }

  change(start, end, factor) {
    this.map.setView(moveView(this.map.plotArea, start, end, factor));
    this.handlers.onChange();
  }

  turnWheel(event) {
    if (!(event.ctrlKey || event.metaKey) || !this.map.plotArea) return;
    event.preventDefault();
    const position = this.map.plotArea.clamp(positionOn(this.map.canvas, event));
    this.change(position, position, wheelFactor(event));
  }

  // --- Return whether the event belongs to a gesture, so that it must not move z

  press(event) {
    const { map: { canvas, plotArea }, fingers } = this;
    if (event.target !== canvas || !plotArea) return false;
    const position = positionOn(canvas, event);
    if (event.pointerType === "touch") {
      fingers.set(event.pointerId, position);
      if (fingers.size === 2) this.handlers.onStart();
      return (this.isPinching ||= fingers.size > 1);
    }
    if (!(event.button === 1 || (event.button === 0 && event.shiftKey)) || !plotArea.contains(position)) return false;
    this.handlers.onStart();
    this.drag = { id: event.pointerId, position };
    canvas.setPointerCapture(event.pointerId);
    canvas.classList.add("panned");
    return true;
  }

  move(event) {
    const { fingers, drag } = this;
    if (!fingers.has(event.pointerId) && drag?.id !== event.pointerId) return false;
    const position = positionOn(this.map.canvas, event);
    if (fingers.has(event.pointerId)) {
      const before = [...fingers.values()];
      fingers.set(event.pointerId, position);
      if (before.length !== 2 || !this.isPinching) return this.isPinching;
      const { start, end, factor } = measurePinch(before, [...fingers.values()]);
      this.change(start, end, factor);
      return true;
    }
    this.change(drag.position, position, 1);
    drag.position = position;
    return true;
  }

  release(event) {
    const belongs = this.fingers.delete(event.pointerId) ? this.isPinching : this.drag?.id === event.pointerId;
    if (this.drag?.id === event.pointerId) {
      this.drag = null;
      this.map.canvas.classList.remove("panned");
    }
    if (!this.fingers.size) this.isPinching = false;
    return belongs;
  }
}
