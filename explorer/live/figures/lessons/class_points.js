// The points that a class has sent, as shades of a lesson's map. Who has them, the page of the lecturer or of a phone, says so in its
// window: globalThis.classPoints = { lesson, cells, bins, bounds }, or null, and an event of this name.

export const CLASS_POINTS_EVENT = "class-points";
const LEAST = 0.3; // opacity of a cell with one point; that with most points is opaque
const PART = { kind: "heatMap", name: "class", label: "", colour: "red", ramp: "opacity", domain: [0, 1] };
const isMarker = ({ kind }) => kind === "marker";

/** Return a declaration of a plot on which the points can be shown, below its markers. */
export const withClassPoints = (declaration) => ({ ...declaration, parts: [...declaration.parts.filter((part) => !isMarker(part)), PART, ...declaration.parts.filter(isMarker)] });

/** Show the points of a lesson in plots now, and whenever they change. Return a function that stops this. */
export function showClassPoints(lesson, plots) {
  const show = () => {
    const points = globalThis.classPoints, isShown = points?.lesson === lesson && points.n > 0, most = isShown ? Math.max(...points.cells) : 0;
    const values = isShown && { values: points.cells.map((count) => (count ? LEAST + (1 - LEAST) * (count / most) : 0)), shape: [points.bins, points.bins], bounds: points.bounds };
    for (const plot of plots) plot.update({ class: values || null });
  };
  addEventListener(CLASS_POINTS_EVENT, show);
  if (globalThis.classPoints) show();
  return () => removeEventListener(CLASS_POINTS_EVENT, show);
}
