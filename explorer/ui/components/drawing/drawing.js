// A canvas to draw on. What is drawn is kept as strokes, in shares of the canvas's side, so that it can be undone, and painted at
// any size on the screen; Python gets small pixels that are computed from them.

const BRUSH = 0.08, ERASER = 0.14; // of the side
const PEN_ERASER = 32; // among a pointer's buttons

/** Of each drawing of this browser tab, by key: its strokes, and how many pictures were sent. They outlive page switches. */
const kept = (globalThis.drawings ??= new Map());

/** A stroke is { erases, points: [[x, y], …] }, or { clears } of all before it. `from`: its first point yet to be painted. */
function paint(context, { clears, erases, points }, from = 0) {
  const { width } = context.canvas;
  context.setTransform(width, 0, 0, width, 0, 0);
  Object.assign(context, { lineCap: "round", lineJoin: "round", lineWidth: erases ? ERASER : BRUSH, strokeStyle: erases ? "#000" : "#fff" });
  if (clears) return context.fillRect(0, 0, 1, 1);
  const [start, ...rest] = points.slice(Math.max(0, from - 1));
  context.beginPath();
  context.moveTo(...start);
  context.lineTo(start[0] + 1e-4, start[1]); // a tap is a dot
  for (const point of rest) context.lineTo(...point);
  context.stroke();
}

function paintAll(context, strokes) {
  for (const stroke of [{ clears: true }, ...strokes]) paint(context, stroke);
}

/** How much of each pixel [side, side] a stroke covers, 0 to 1: its line has round ends, and an edge one pixel soft. */
function coverage(points, width, side) {
  const covered = new Float32Array(side * side), r = (width * side) / 2;
  for (let i = 0; i < points.length; i++) {
    const [[x0, y0], [x1, y1]] = [points[Math.max(0, i - 1)], points[i]].map((point) => point.map((v) => v * side));
    const dx = x1 - x0, dy = y1 - y0, length = dx * dx + dy * dy;
    const from = (a, b) => Math.max(Math.floor(Math.min(a, b) - r - 1), 0), to = (a, b) => Math.min(Math.ceil(Math.max(a, b) + r + 1), side);
    for (let y = from(y0, y1); y < to(y0, y1); y++)
      for (let x = from(x0, x1); x < to(x0, x1); x++) {
        const px = x + 0.5 - x0, py = y + 0.5 - y0, along = length ? Math.min(Math.max((px * dx + py * dy) / length, 0), 1) : 0;
        const share = Math.min(Math.max(r + 0.5 - Math.hypot(px - along * dx, py - along * dy), 0), 1);
        covered[y * side + x] = Math.max(covered[y * side + x], share);
      }
  }
  return covered;
}

/** base64 of uint8 grey [side, side], computed from the strokes: a canvas that is read back may hold a browser's noise. */
export function pixels(strokes, side) {
  const light = new Float32Array(side * side);
  for (const { clears, erases, points } of strokes) {
    if (clears) light.fill(0);
    else coverage(points, erases ? ERASER : BRUSH, side).forEach((share, i) => (light[i] += share * ((erases ? 0 : 1) - light[i])));
  }
  return btoa(String.fromCharCode(...Uint8Array.from(light, (share) => Math.round(255 * share))));
}

function button(label, onclick) {
  return Object.assign(document.createElement("button"), { type: "button", textContent: label, onclick });
}

/** Lays out a canvas with its buttons in root, and tells Python by say("picture", …). */
function open(root, { key, size, side }, say) {
  if (!kept.has(key)) kept.set(key, { strokes: [], n: 0 });
  const drawing = kept.get(key), { strokes } = drawing;
  const canvas = document.createElement("canvas"), context = canvas.getContext("2d");
  canvas.width = canvas.height = Math.round(size * Math.max(1, devicePixelRatio));
  canvas.role = "img";
  canvas.ariaLabel = "Canvas: draw with the mouse, a finger or a pen";
  root.dataset.testid = "drawing";
  root.style.setProperty("--size", `${size}px`);
  let pointer = null, stroke = null, erasing = false;

  const show = () => {
    paintAll(context, strokes);
    for (const [face, empty] of [[undo, !strokes.length], [clear, !strokes.length || Boolean(strokes.at(-1).clears)]]) face.ariaDisabled = empty;
  };
  const changed = () => {
    show();
    say("picture", { n: ++drawing.n, width: side, height: side, pixels: pixels(strokes, side) });
  };

  const undo = button("Undo", () => strokes.pop() && changed());
  const clear = button("Clear", () => clear.ariaDisabled === "true" || (strokes.push({ clears: true }), changed()));
  const eraser = button("Eraser", () => (eraser.ariaPressed = erasing = !erasing));
  eraser.ariaPressed = false;

  const add = (event) => {
    const { left, top, width } = canvas.getBoundingClientRect(), n = stroke.points.length;
    const all = event.getCoalescedEvents?.() ?? [];
    for (const { clientX, clientY } of all.length ? all : [event]) stroke.points.push([(clientX - left) / width, (clientY - top) / width]);
    paint(context, stroke, n);
  };
  canvas.onpointerdown = (event) => {
    if (pointer !== null || (event.button !== 0 && !(event.buttons & PEN_ERASER))) return;
    pointer = event.pointerId;
    canvas.setPointerCapture(pointer);
    strokes.push((stroke = { erases: erasing || Boolean(event.buttons & PEN_ERASER), points: [] }));
    add(event);
  };
  canvas.onpointermove = (event) => event.pointerId === pointer && add(event);
  canvas.onlostpointercapture = (event) => {
    if (event.pointerId !== pointer) return;
    pointer = null;
    changed();
  };
  canvas.oncontextmenu = () => false; // a long press

  const buttons = document.createElement("div");
  buttons.className = "buttons";
  buttons.append(undo, clear, eraser);
  root.replaceChildren(canvas, buttons);
  show();
}

const roots = new WeakMap(); // root -> what it shows

export default function ({ data, parentElement, setStateValue }) {
  let root = parentElement.querySelector(".drawing");
  if (!root) parentElement.append((root = Object.assign(document.createElement("div"), { className: "drawing" })));
  const what = JSON.stringify(data);
  if (roots.get(root) !== what) open(root, data, setStateValue);
  roots.set(root, what);
}
