// A button that draws the noise of a figure again.

import { createElement } from "./dom.js";

/** Return a button that moves a figure to the next seed, the value of a field, and after the last one to the first. */
export function createResampleButton(figure, name) {
  const { high } = figure.table.fields.find((field) => field.name === name);
  const resample = () => {
    figure.move({ [name]: (figure.values[name] + 1) % (high + 1) });
    figure.commit();
  };
  return createElement("button.resample", { onclick: resample, "data-testid": "resample" }, "Resample");
}
