// Checks of what a plot is given: its declaration and its values. What is wrong is said in a sentence.

import { UserFacingError } from "./errors.js";

/** @typedef {{ kind: string, name: string, label?: string, colour?: string, shape?: string, dash?: string, groups?: object[] }} Part */
/** @typedef {{ title?: string, domain?: number[], scale?: string, ticks?: { value: number, label: string }[] }} Axis */
/** @typedef {{ title: string, description: string, x?: Axis, y?: Axis, parts: Part[] }} Declaration */

/** The values of each kind: arrays of equally many numbers, and others.
 * @type {Record<string, { arrays?: string[], optionalArrays?: string[], numbers?: string[], optionalNumbers?: string[], optionalTexts?: string[] }>} */
export const PLOT_KINDS = {
  line: { arrays: ["x", "y"] },
  area: { arrays: ["x", "low", "high"] },
  bars: { arrays: ["x", "y"], optionalArrays: ["base", "group"], optionalNumbers: ["width"] },
  scatter: { arrays: ["x", "y"], optionalArrays: ["group", "radius"], optionalTexts: ["text"] },
  heatMap: { arrays: ["values"] },
  ellipse: {},
  marker: { optionalNumbers: ["x", "y"] },
  text: { numbers: ["x", "y"] },
};

/** @param {unknown} value */
const isNumbers = (value) => (Array.isArray(value) && value.every((item) => typeof item === "number" || item === null)) || (ArrayBuffer.isView(value) && !(value instanceof DataView));

/** @param {unknown} value @param {number} length */
const isFiniteList = (value, length) => (Array.isArray(value) || ArrayBuffer.isView(value)) && /** @type {number[]} */ (value).length === length && Array.from(/** @type {number[]} */ (value)).every(Number.isFinite);

/** Throw a UserFacingError with this sentence unless a condition holds.
 * @param {unknown} condition @param {string} sentence @returns {asserts condition} */
function demand(condition, sentence) {
  if (!condition) throw new UserFacingError(sentence);
}

/** Check a declaration. Raises UserFacingError.
 * @param {any} declaration */
export function checkDeclaration(declaration) {
  const { title, description, x, y, parts } = declaration ?? {};
  demand(typeof title === "string" && title, "A plot needs a title.");
  demand(typeof description === "string" && description, `The plot "${title}" needs a description.`);
  demand(Array.isArray(parts) && parts.length, `The plot "${title}" needs a list of parts.`);
  for (const [name, axis] of Object.entries({ x, y })) {
    if (!axis) continue;
    const { scale = "linear", domain } = axis;
    demand(["linear", "log"].includes(scale), `The scale of the ${name} axis must be linear or log, not ${scale}.`);
    if (domain) checkDomain(name, scale, domain);
  }
  const names = new Set();
  for (const part of parts) {
    demand(typeof part?.name === "string" && part.name, `Every part of the plot "${title}" needs a name.`);
    demand(!names.has(part.name), `Two parts of the plot "${title}" are called "${part.name}".`);
    demand(Object.hasOwn(PLOT_KINDS, part.kind), `The part "${part.name}" cannot be of the kind "${part.kind}", only ${Object.keys(PLOT_KINDS).join(", ")}.`);
    demand(part.kind !== "ellipse" || [x, y].every((axis) => axis?.scale !== "log"), `The part "${part.name}" is an ellipse, which needs linear axes.`);
    names.add(part.name);
  }
}

/** Check the domain of an axis. Raises UserFacingError.
 * @param {string} name @param {string} scale @param {any} domain */
export function checkDomain(name, scale, domain) {
  demand(isFiniteList(domain, 2) && domain[0] < domain[1], `The domain of the ${name} axis must be two numbers that rise.`);
  demand(scale !== "log" || domain[0] > 0, `The domain of the ${name} axis must be above 0, because its scale is logarithmic.`);
}

/** Check the values of a part. Raises UserFacingError.
 * @param {Part} part @param {any} values */
export function checkValues({ kind, name }, values) {
  const { arrays = [], optionalArrays = [], numbers = [], optionalNumbers = [], optionalTexts = [] } = PLOT_KINDS[kind];
  demand(values && typeof values === "object", `The values of the part "${name}" are missing.`);
  const present = [...arrays, ...optionalArrays.filter((field) => values[field] !== undefined)];
  for (const field of present) {
    demand(isNumbers(values[field]), `The values ${field} of the part "${name}" must be a list of numbers.`);
    const [n, expected] = [values[field].length, values[arrays[0]].length];
    demand(n === expected, `The part "${name}" has ${expected} values ${arrays[0]}, but ${n} values ${field}.`);
  }
  for (const field of optionalTexts) {
    const texts = values[field];
    demand(texts === undefined || (Array.isArray(texts) && texts.length === values[arrays[0]].length && texts.every((text) => typeof text === "string")), `The values ${field} of the part "${name}" must be a list of a text for each point.`);
  }
  for (const field of numbers) demand(typeof values[field] === "number", `The value ${field} of the part "${name}" must be a number.`);
  for (const field of optionalNumbers) demand(values[field] === undefined || typeof values[field] === "number", `The value ${field} of the part "${name}" must be a number.`);
  if (kind === "heatMap") {
    const { shape, bounds } = values;
    demand(isFiniteList(shape, 2) && shape[0] * shape[1] === values.values.length, `The part "${name}" has ${values.values.length} values, which do not fill its rows and columns.`);
    demand(isFiniteList(bounds, 4) && bounds[0] < bounds[2] && bounds[1] < bounds[3], `The part "${name}" needs bounds [x0, y0, x1, y1] that rise.`);
  }
  if (kind === "ellipse") {
    demand(Array.isArray(values.mean) && values.mean.length === 2, `The part "${name}" needs a mean of two numbers.`);
    demand(Array.isArray(values.covariance) && values.covariance.length === 2 && values.covariance.every((/** @type {any} */ row) => Array.isArray(row) && row.length === 2), `The part "${name}" needs a covariance of two rows of two numbers.`);
  }
  if (kind === "marker") demand(values.x !== undefined || values.y !== undefined, `The marker "${name}" needs x, y or both.`);
  if (kind === "text") demand(typeof values.text === "string", `The text of the part "${name}" is missing.`);
}
