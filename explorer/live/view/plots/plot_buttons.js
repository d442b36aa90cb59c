// The buttons below a plot: its values as a table, and its picture as a file.

import { UserFacingError } from "../../core/errors.js";
import { PLOT_KINDS } from "../../core/plot_values.js";
import { formatSignificant } from "../../core/ticks.js";
import { createElement } from "../dom.js";
import { CANVAS_PROTECTED_MESSAGE, canvasReadsBack, saveBlob } from "../save_image.js";

const MAX_TABLE_ROWS = 2000;
const TABLE_REST_MS = 150; // without an update, until an open table has the new values

/** Return the values of a part as { heads, rows } of texts. */
function listTable({ kind, horizontal }, values, axes) {
  const axisOf = horizontal ? { x: axes.y, y: axes.x } : axes;
  const titleOf = (field) => axisOf[field]?.title || field, format = (value) => (typeof value === "string" ? value : formatSignificant(value, 4));
  if (kind === "heatMap") {
    const { shape: [nRows, nColumns], bounds: [x0, y0, x1, y1] } = values, centre = (i, n, low, high) => format(low + ((i + 0.5) * (high - low)) / n);
    return { heads: [`${titleOf("y")} \\ ${titleOf("x")}`, ...Array.from({ length: nColumns }, (_, j) => centre(j, nColumns, x0, x1))],
      rows: Array.from({ length: nRows }, (_, i) => [centre(i, nRows, y0, y1), ...Array.from(values.values.slice(i * nColumns, (i + 1) * nColumns), format)]) };
  }
  if (kind === "ellipse") return { heads: ["mean x", "mean y", "variance x", "covariance", "variance y"], rows: [[...values.mean, values.covariance[0][0], values.covariance[0][1], values.covariance[1][1]].map(format)] };
  const { arrays, optionalArrays = [], optionalTexts = [] } = PLOT_KINDS[kind], fields = [...(arrays ?? ["x", "y"]), ...optionalArrays, ...optionalTexts].filter((field) => values[field] !== undefined);
  if (!arrays) return { heads: fields.map(titleOf), rows: [fields.map((field) => format(values[field]))] };
  return { heads: fields.map(titleOf), rows: Array.from(values.x, (_, i) => fields.map((field) => format(values[field][i]))) };
}

/** Return the table of a part. */
function createTable(name, { heads, rows }) {
  const shownRows = rows.slice(0, MAX_TABLE_ROWS), rest = rows.length - shownRows.length;
  const body = shownRows.map((row) => createElement("tr", {}, ...row.map((text, i) => createElement(i ? "td" : "th", i ? {} : { scope: "row" }, text))));
  return createElement("table", {}, createElement("caption", {}, rest ? `${name} (${rest} more rows are not shown)` : name), createElement("thead", {}, createElement("tr", {}, ...heads.map((text) => createElement("th", { scope: "col" }, text)))), createElement("tbody", {}, ...body));
}

/** Return a button that shows the values of a plot as tables, and their place. */
function createValuesButton(plot) {
  const place = createElement("div.plot-tables", { role: "region", tabIndex: 0, "aria-label": `Values of ${plot.declaration.title}`, hidden: true });
  const fill = () => place.replaceChildren(...plot.listShown().map(({ part, values }) => createTable(part.label || part.name, listTable(part, values, plot.axes))));
  let timer;
  const fillSoon = () => {
    clearTimeout(timer);
    timer = setTimeout(fill, TABLE_REST_MS);
  };
  const button = createElement("button", { type: "button", "aria-expanded": "false", onclick: () => {
    place.hidden = !place.hidden;
    button.setAttribute("aria-expanded", String(!place.hidden));
    plot.onUpdate = place.hidden ? null : fillSoon;
    if (!place.hidden) fill();
  } }, "Values");
  return { button, place };
}

/** Return the elements below a plot, as declaration.buttons names them. */
export function createPlotButtons(plot) {
  const { title, buttons: names = ["values"] } = plot.declaration;
  const warning = createElement("span", { role: "alert" }), values = createValuesButton(plot);
  const save = (makeBlob, ending, hasPixels) => async () => {
    warning.textContent = hasPixels && !canvasReadsBack() ? CANVAS_PROTECTED_MESSAGE : "";
    if (!warning.textContent) saveBlob(await makeBlob(), `${title}.${ending}`);
  };
  const makers = {
    values: () => values.button,
    png: () => createElement("button", { type: "button", title: "Save this plot as a picture", onclick: save(() => plot.toPNG(), "png", true) }, "Save PNG"),
    svg: () => createElement("button", { type: "button", title: "Save this plot as a drawing, for print", onclick: save(() => new Blob([plot.toSVG()], { type: "image/svg+xml" }), "svg", Boolean(plot.rampPart)) }, "Save SVG"),
  };
  const unknown = names.find((name) => !Object.hasOwn(makers, name));
  if (unknown) throw new UserFacingError(`There is no button "${unknown}", only ${Object.keys(makers).join(", ")}.`);
  return createElement("div.plot-below", { hidden: !names.length }, createElement("div.plot-buttons", {}, ...names.map((name) => makers[name]()), warning), values.place);
}
