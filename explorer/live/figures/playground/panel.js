// The controls of a playground, in groups: what may be turned while it learns, the second model, and what begins anew.

import { createElement } from "../../view/dom.js";

const GROUPS = [
  { title: "Turn while it learns", names: ["beta", "model", "beta_warmup", "lr", "batch_size", "input_noise", "likelihood"] },
  { title: "Second model, right", names: ["beta_2", "model_2", "beta_warmup_2", "width_2"], isOfSecond: true },
  { title: "A change begins anew", names: ["dataset", "latent_dim", "width", "depth", "compare"] },
];
const SHOWN = ["plane"];

/** Return { element, show(values) } of controls that createControls() has made. */
export function createPanel({ element: controls }) {
  const find = (name) => controls.querySelector(`[data-testid=control-${name}]`).closest("label");
  controls.querySelector("[data-testid=control-beta]").dataset.testid = "beta";
  const groups = GROUPS.map(({ title, names, isOfSecond }) => {
    const element = createElement("fieldset", {}, createElement("legend", {}, title), createElement("div.live-controls", {}, ...names.map((name) => (name === "beta" ? controls.querySelector("[data-testid=beta]").closest("label") : find(name)))));
    return { element, isOfSecond };
  });
  const plane = createElement("div.live-controls", {}, ...SHOWN.map(find)), speed = find("speed");
  controls.remove();
  return {
    element: createElement("div.panel", {}, ...groups.map(({ element }) => element), plane),
    speed,
    show({ compare }) {
      for (const { element, isOfSecond } of groups) if (isOfSecond) element.hidden = !compare;
    },
  };
}
