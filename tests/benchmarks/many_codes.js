// Maps of many codes in a blank page: createMap(n, ratio) returns one, and measure(map) its frames a second and the ms of a paint.
globalThis.createMap = (n, ratio) => {
  const data = (array, shape) => ({ data: array, shape });
  const normal = () => Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());
  const labels = Uint16Array.from({ length: n }, (_, i) => Math.floor((10 * i) / n)), positions = new Uint16Array(2 * n);
  for (let i = 0; i < n; i++) {
    const angle = (2 * Math.PI * labels[i]) / 10;
    positions[2 * i] = 32768 + 5000 * normal() + 14000 * Math.cos(angle);
    positions[2 * i + 1] = 32768 + 5000 * normal() + 14000 * Math.sin(angle);
  }
  const tensors = { positions: data(positions, [1, n, 2]), low: data([-4, -4], [2]), high: data([4, 4], [2]), bounds: data([-4, -4, 4, 4], [1, 4]),
    centre: data(new Float32Array(2), [2]), axes: data(Float32Array.of(1, 0, 0, 1), [2, 2]), unit_matrix: data(Float32Array.of(1, 0, 0, 1), [2, 2]),
    inverse_unit_matrix: data(Float32Array.of(1, 0, 0, 1), [2, 2]), origin: data(new Float32Array(2), [2]), labels: data(labels, [n]), label_positions: data(new Float32Array(20), [1, 10, 2]) };
  const classes = Array.from({ length: 10 }, (_, c) => ({ name: String(c), colour: `#${111111 + 77777 * c}` }));
  const theme = () => ({ text: "#111", background: "#ffffff", mutedText: "#888", font: "sans-serif" }), canvas = document.createElement("canvas");
  canvas.style.cssText = "width: 700px; height: 620px";
  Object.defineProperty(window, "devicePixelRatio", { value: ratio, configurable: true });
  document.body.replaceChildren(canvas);
  return { canvas, block: { metadata: { axis_titles: ["a", "b"], to_scale: true, has_rings: true, classes, film: null }, tensors: () => tensors }, theme };
};
/** Show it. Return [the map, the ms until its first picture]. */
globalThis.showMap = ({ canvas, block, theme }) => {
  const start = performance.now(), map = new js.LatentMap(canvas, block, theme);
  map.resize(700, 620);
  map.seek(0);
  paintMap(map);
  return [map, performance.now() - start];
};
globalThis.paintMap = (map) => {
  map.stale = true;
  map.paint({ cursor: [0, 0], ghost: null, rows: [] });
};
/** Let a map paint all points again in each frame, as those of few points do. */
globalThis.withoutTiles = (map) => {
  map.tiles = null;
  [map.devicePositions, map.colours] = [new Float32Array(2 * map.pointCount), new Int32Array(map.pointCount)];
};
const GESTURES = {
  "panning at zoom 2": (i) => ({ zoom: 2, centre: [1.2 * Math.sin(i / 20), 1.2 * Math.cos(i / 20)] }),
  "panning at zoom 8": (i) => ({ zoom: 8, centre: [1.2 * Math.sin(i / 40), 1.2 * Math.cos(i / 40)] }),
  "zooming": (i) => ({ zoom: Math.exp(1.5 + 1.5 * Math.sin(i / 30)), centre: [0.3, 0.3] }),
};
globalThis.gestureNames = Object.keys(GESTURES);
/** Return the number of frames of a gesture, and how many ms they took. */
globalThis.makeGesture = async (map, name, ms) => {
  const frame = () => new Promise(requestAnimationFrame), viewAt = GESTURES[name];
  await frame();
  const start = performance.now();
  let frames = 0;
  while (performance.now() - start < ms) {
    map.setView(viewAt(frames++));
    paintMap(map);
    await frame();
  }
  return [frames, performance.now() - start];
};
/** Return the ms of finding the point under the pointer 100 times, by the grid and among all points, and how often the two differ. */
globalThis.measureHover = (map) => {
  const among = ([px, py]) => {
    let best = -1, least = 100;
    const { points } = map.film, place = map.plotArea.toData([px, py]), { scale } = map.plotArea;
    for (let i = 0; i < map.pointCount; i++) {
      const dx = (points[2 * i] - place[0]) * scale[0], dy = (points[2 * i + 1] - place[1]) * scale[1], squared = dx * dx + dy * dy;
      if (squared < least) [best, least] = [i, squared];
    }
    return best;
  };
  map.setView({ zoom: 1, centre: [0, 0] });
  const took = [[], []];
  let differing = 0;
  for (let i = 0; i < 100; i++) {
    const position = [60 + 600 * Math.random(), 20 + 540 * Math.random()];
    const rows = [(p) => map.pointAt(p, 0), among].map((find, k) => {
      const start = performance.now(), row = find(position);
      took[k].push(performance.now() - start);
      return row;
    });
    differing += rows[0] !== rows[1];
  }
  return [...took.map((times) => times.reduce((a, b) => a + b)), differing];
};
