// What stands in a figure's place where it cannot be shown.

import { UserFacingError } from "../core/errors.js";
import { createElement } from "./dom.js";

/** Show the sentence of a UserFacingError, or that this browser cannot show the figure, with advice. */
export function showFault(root, error, advice = "") {
  console.warn(error);
  const sentence = error instanceof UserFacingError ? error.message : `This figure can't be shown in this browser (${error.message}). ${advice}`.trim();
  root.replaceChildren(createElement("p.fault", { role: "alert" }, sentence));
}
