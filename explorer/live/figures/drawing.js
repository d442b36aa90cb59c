// A canvas to draw on. The drawing is stored as strokes, in units of the canvas's side, so that it can be undone and painted at any
// size. Python gets a small image that is computed from the strokes.

import { BRUSH_WIDTH, encodePixels, ERASER_WIDTH } from "../core/strokes.js";
import { createElement } from "../view/dom.js";

const PEN_ERASER_BUTTON = 32; // in PointerEvent.buttons

/** The strokes of the drawings of this browser tab by key. They are kept when the page changes. */
const drawings = (globalThis.drawings ??= new Map());

/** Return the strokes of a drawing. */
export const findStrokes = (key) => drawings.get(key) ?? [];

export const forgetStrokes = (key) => drawings.delete(key);

/** Paint a stroke from its point firstPoint on. A stroke is { erases, points: [[x, y], …] }, or { clears: true }, which clears the canvas. */
function paintStroke(context, { clears, erases, points }, firstPoint = 0) {
  const { width } = context.canvas;
  context.setTransform(width, 0, 0, width, 0, 0);
  Object.assign(context, { lineCap: "round", lineJoin: "round", lineWidth: erases ? ERASER_WIDTH : BRUSH_WIDTH, strokeStyle: erases ? "#000" : "#fff" });
  if (clears) return context.fillRect(0, 0, 1, 1);
  const [start, ...rest] = points.slice(Math.max(0, firstPoint - 1));
  context.beginPath();
  context.moveTo(...start);
  context.lineTo(start[0] + 1e-4, start[1]); // a tap is a dot
  for (const point of rest) context.lineTo(...point);
  context.stroke();
}

export function paintAll(context, strokes) {
  for (const stroke of [{ clears: true }, ...strokes]) paintStroke(context, stroke);
}

export class Drawing {
  /** options: { key: of the drawing, size: px of the canvas, side: px of the picture }. Each change sends the picture. */
  constructor(root, blocks, { options, send }) {
    openDrawing(root, options, send);
  }

  /** A drawing is the browser's: it has no state that others set. */
  applyState() {}

  close() {}
}

/** Create a canvas with its buttons in root. Each change sends the picture to Python by send("picture", …). */
function openDrawing(root, { key, size, side }, send) {
  if (!drawings.has(key)) drawings.set(key, []);
  const strokes = drawings.get(key);
  const pixels = Math.round(size * Math.max(1, devicePixelRatio));
  const canvas = createElement("canvas", { width: pixels, height: pixels, role: "img", "aria-label": "Canvas: draw with the mouse, a finger or a pen" }), context = canvas.getContext("2d");
  root.dataset.testid = "drawing";
  root.classList.add("drawing");
  root.style.setProperty("--size", `${size}px`);
  let pointerId = null, stroke = null, isErasing = false;

  const update = () => {
    paintAll(context, strokes);
    for (const [button, isEmpty] of [[undoButton, !strokes.length], [clearButton, !strokes.length || Boolean(strokes.at(-1).clears)]]) button.ariaDisabled = isEmpty;
  };
  const commitChange = () => {
    update();
    send("picture", { width: side, height: side, pixels: encodePixels(strokes, side) });
  };

  const undoButton = createElement("button", { onclick: () => strokes.pop() && commitChange() }, "Undo");
  const clearButton = createElement("button", { onclick: () => clearButton.ariaDisabled === "true" || (strokes.push({ clears: true }), commitChange()) }, "Clear");
  const eraserButton = createElement("button", { ariaPressed: false, onclick: () => (eraserButton.ariaPressed = isErasing = !isErasing) }, "Eraser");

  const addPoints = (event) => {
    const { left, top, width } = canvas.getBoundingClientRect(), firstPoint = stroke.points.length;
    const events = event.getCoalescedEvents?.() ?? [];
    for (const { clientX, clientY } of events.length ? events : [event]) stroke.points.push([(clientX - left) / width, (clientY - top) / width]);
    paintStroke(context, stroke, firstPoint);
  };
  canvas.onpointerdown = (event) => {
    if (pointerId !== null || (event.button !== 0 && !(event.buttons & PEN_ERASER_BUTTON))) return;
    pointerId = event.pointerId;
    canvas.setPointerCapture(pointerId);
    strokes.push((stroke = { erases: isErasing || Boolean(event.buttons & PEN_ERASER_BUTTON), points: [] }));
    addPoints(event);
  };
  canvas.onpointermove = (event) => event.pointerId === pointerId && addPoints(event);
  canvas.onlostpointercapture = (event) => {
    if (event.pointerId !== pointerId) return;
    pointerId = null;
    commitChange();
  };
  canvas.oncontextmenu = () => false; // a long press would open the menu

  root.replaceChildren(canvas, createElement("div.buttons", {}, undoButton, clearButton, eraserButton));
  update();
}
