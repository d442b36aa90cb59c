// A canvas to draw on. The drawing is stored as strokes, in units of the canvas's side, so that it can be undone and painted at any
// size. Python gets a small image that is computed from the strokes.

const BRUSH_WIDTH = 0.08, ERASER_WIDTH = 0.14; // in units of the side
const PEN_ERASER_BUTTON = 32; // in PointerEvent.buttons

/** The drawings of this browser tab by key: { strokes, pictureCount: of those sent }. They are kept when the page changes. */
const drawings = (globalThis.drawings ??= new Map());

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

function paintAll(context, strokes) {
  for (const stroke of [{ clears: true }, ...strokes]) paintStroke(context, stroke);
}

/** Return how much of each pixel [side, side] a stroke covers, from 0 to 1. A stroke has round ends and an edge one pixel soft. */
function strokeCoverage(points, width, side) {
  const coverage = new Float32Array(side * side), radius = (width * side) / 2;
  for (let i = 0; i < points.length; i++) {
    const [[x0, y0], [x1, y1]] = [points[Math.max(0, i - 1)], points[i]].map((point) => point.map((v) => v * side));
    const dx = x1 - x0, dy = y1 - y0, length = dx * dx + dy * dy;
    const firstPixel = (a, b) => Math.max(Math.floor(Math.min(a, b) - radius - 1), 0), endPixel = (a, b) => Math.min(Math.ceil(Math.max(a, b) + radius + 1), side);
    for (let y = firstPixel(y0, y1); y < endPixel(y0, y1); y++)
      for (let x = firstPixel(x0, x1); x < endPixel(x0, x1); x++) {
        const px = x + 0.5 - x0, py = y + 0.5 - y0, along = length ? Math.min(Math.max((px * dx + py * dy) / length, 0), 1) : 0;
        const covered = Math.min(Math.max(radius + 0.5 - Math.hypot(px - along * dx, py - along * dy), 0), 1);
        coverage[y * side + x] = Math.max(coverage[y * side + x], covered);
      }
  }
  return coverage;
}

/** Return base64 of uint8 grey [side, side], computed from the strokes because browsers may add noise to a canvas that is read back. */
export function encodePixels(strokes, side) {
  const brightness = new Float32Array(side * side);
  for (const { clears, erases, points } of strokes) {
    if (clears) brightness.fill(0);
    else strokeCoverage(points, erases ? ERASER_WIDTH : BRUSH_WIDTH, side).forEach((covered, i) => (brightness[i] += covered * ((erases ? 0 : 1) - brightness[i])));
  }
  return btoa(String.fromCharCode(...Uint8Array.from(brightness, (value) => Math.round(255 * value))));
}

function createButton(label, onclick) {
  return Object.assign(document.createElement("button"), { type: "button", textContent: label, onclick });
}

/** Create a canvas with its buttons in root. Each change sends the picture to Python by send("picture", …). */
function openDrawing(root, { key, size, side }, send) {
  if (!drawings.has(key)) drawings.set(key, { strokes: [], pictureCount: 0 });
  const drawing = drawings.get(key), { strokes } = drawing;
  const canvas = document.createElement("canvas"), context = canvas.getContext("2d");
  canvas.width = canvas.height = Math.round(size * Math.max(1, devicePixelRatio));
  canvas.role = "img";
  canvas.ariaLabel = "Canvas: draw with the mouse, a finger or a pen";
  root.dataset.testid = "drawing";
  root.style.setProperty("--size", `${size}px`);
  let pointerId = null, stroke = null, isErasing = false;

  const update = () => {
    paintAll(context, strokes);
    for (const [button, isEmpty] of [[undoButton, !strokes.length], [clearButton, !strokes.length || Boolean(strokes.at(-1).clears)]]) button.ariaDisabled = isEmpty;
  };
  const commitChange = () => {
    update();
    send("picture", { number: ++drawing.pictureCount, width: side, height: side, pixels: encodePixels(strokes, side) });
  };

  const undoButton = createButton("Undo", () => strokes.pop() && commitChange());
  const clearButton = createButton("Clear", () => clearButton.ariaDisabled === "true" || (strokes.push({ clears: true }), commitChange()));
  const eraserButton = createButton("Eraser", () => (eraserButton.ariaPressed = isErasing = !isErasing));
  eraserButton.ariaPressed = false;

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

  const buttons = document.createElement("div");
  buttons.className = "buttons";
  buttons.append(undoButton, clearButton, eraserButton);
  root.replaceChildren(canvas, buttons);
  update();
}

const openConfigurations = new WeakMap(); // root -> the data that it shows, as JSON

export default function ({ data, parentElement, setStateValue }) {
  let root = parentElement.querySelector(".drawing");
  if (!root) parentElement.append((root = Object.assign(document.createElement("div"), { className: "drawing" })));
  const configuration = JSON.stringify(data);
  if (openConfigurations.get(root) !== configuration) openDrawing(root, data, setStateValue);
  openConfigurations.set(root, configuration);
}
