// A control for each field of a state that has limits, options or a truth value: a slider, a choice, a check box.

import { formatSignificant } from "../core/ticks.js";
import { createElement } from "./dom.js";

const LOG_STEPS = 1000; // of a slider with a logarithmic scale
const ZERO_STEPS = 20; // of them that stand for 0

/** Return a slider. A logarithmic one moves the logarithm of its value; one that begins at 0 has the field's step as its smallest value
 * besides, and 0 at its end. */
function createSlider(field, input, onMove) {
  const { kind, low, high, step, unit, scale } = field, isLog = scale === "log", hasZero = isLog && low === 0, round = kind === "int" ? Math.round : Number;
  const output = createElement("output"), smallest = hasZero ? Math.log10(step) - (Math.log10(high / step) * ZERO_STEPS) / LOG_STEPS : Math.log10(low);
  const toPosition = isLog ? (value) => (value ? Math.log10(value) : smallest) : Number, [min, max] = [toPosition(low), toPosition(high)];
  const fromPosition = (position) => (hasZero && position < Math.log10(step) ? 0 : Math.min(Math.max(round(10 ** position), low), high));
  Object.assign(input, { type: "range", min, max, step: isLog ? (max - min) / LOG_STEPS : step });
  input.oninput = () => onMove(isLog ? fromPosition(Number(input.value)) : Number(input.value));
  const show = (value) => {
    input.value = toPosition(value);
    output.textContent = formatSignificant(value) + unit;
    input.setAttribute("aria-valuetext", output.textContent);
  };
  return { parts: [input, output], show };
}

function createCheckBox(field, input, onMove) {
  Object.assign(input, { type: "checkbox", oninput: () => onMove(input.checked) });
  return { parts: [input], show: (value) => (input.checked = value) };
}

function createChoice({ options }, select, onMove) {
  select.append(...options.map((option) => createElement("option", { value: option }, option)));
  select.oninput = () => onMove(select.value);
  return { parts: [select], show: (value) => (select.value = value) };
}

/** Return the function that creates a field's control, and the control's tag; null for a field that has none. */
function chooseControl({ kind, low, high, options }) {
  if (kind === "bool") return [createCheckBox, "input"];
  if (kind === "str" && options?.length) return [createChoice, "select"];
  return ["int", "float"].includes(kind) && low != null && high != null ? [createSlider, "input"] : null;
}

/** Return { element, show(values) } of the controls of fields. onMove(name, value): one is moved; onCommit(): the hand has let go. */
export function createControls(fields, { onMove, onCommit }) {
  const element = createElement("div.live-controls"), shows = new Map();
  for (const field of fields) {
    const [create, tag] = chooseControl(field) ?? [];
    if (!create) continue;
    const input = createElement(tag, { "data-testid": `control-${field.name}`, onchange: onCommit });
    const { parts, show } = create(field, input, (value) => onMove(field.name, value));
    shows.set(field.name, show);
    element.append(createElement("label", {}, createElement("span", {}, field.label), ...parts));
  }
  return { element, show: (values) => shows.forEach((show, name) => values[name] != null && show(values[name])) };
}
