// The controls of a playground, in groups: what may be changed during the training, and what restarts it.

import { createElement } from "../../view/dom.js";

const GROUPS = [
  { title: "Change during training", names: ["beta", "beta_2"] },
  { title: "Model", titleOfTwo: "Left model", names: ["model", "beta_warmup", "width"] },
  { title: "Right model", names: ["model_2", "beta_warmup_2", "width_2"], isOfSecond: true },
  { title: "Training", names: ["lr", "batch_size", "input_noise", "likelihood"] },
  { title: "A change restarts the training", names: ["dataset", "latent_dim", "depth", "compare"] },
];

/** Return { element, speed: the control of the speed, show(values) } of controls that createControls() has made. */
export function createPanel({ element: controls }) {
  const find = (name) => controls.querySelector(`[data-testid=control-${name}]`).closest("label");
  const groups = GROUPS.map(({ title, titleOfTwo, names, isOfSecond }) => {
    const legend = createElement("legend", {}, title), labels = names.map(find);
    return { element: createElement("fieldset", {}, legend, createElement("div.live-controls", {}, ...labels)), legend, title, titleOfTwo, isOfSecond, labels };
  });
  const [{ labels: betas }] = groups, plane = createElement("div.live-controls", {}, find("plane")), speed = find("speed");
  betas[0].querySelector("input").dataset.testid = "beta";
  return {
    element: createElement("div.panel", {}, ...groups.map(({ element }) => element), plane),
    speed,
    show({ compare }) {
      for (const { element, legend, title, titleOfTwo = title, isOfSecond } of groups) {
        if (isOfSecond) element.hidden = !compare;
        legend.textContent = compare ? titleOfTwo : title;
      }
      betas[1].hidden = !compare;
      ["KL weight β, left", "KL weight β, right"].forEach((text, i) => (betas[i].firstChild.textContent = compare ? text : "KL weight β"));
    },
  };
}
