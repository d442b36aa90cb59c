// A question that is asked before the answer is shown.

import { createElement } from "./dom.js";

/** Return an element with HTML of the project's own texts. */
export function createProse(name, html) {
  const element = createElement(name);
  element.innerHTML = html;
  return element;
}

/** Return { element, show(chosen) }. lesson: { question, options, right, answer }: HTML, and the number of the right option, from 1;
 * chosen: the number of an option, 0 for none. */
export function createQuestion({ question, options, right, answer }, onChoose) {
  const buttons = options.map((option, i) => {
    const button = createProse("button.option", option);
    button.onclick = () => onChoose(i + 1);
    return button;
  });
  const verdict = createElement("strong"), explanation = createProse("div", answer);
  const result = createElement("div.answer", { role: "status" });
  return {
    element: createElement("section.question", { "data-testid": "question" }, createElement("h3", {}, "Predict"), createProse("div", question), createElement("div.options", {}, ...buttons), result),
    show(chosen) {
      buttons.forEach((button, i) => {
        button.setAttribute("aria-pressed", i + 1 === chosen);
        button.classList.toggle("right", Boolean(chosen) && i + 1 === right);
      });
      verdict.textContent = chosen === right ? "Correct. " : "Not quite. ";
      if (Boolean(chosen) !== Boolean(result.firstChild)) result.replaceChildren(...(chosen ? [verdict, explanation] : []));
    },
  };
}
