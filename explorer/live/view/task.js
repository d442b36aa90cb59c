// A task with a goal that the figure checks. What was solved is remembered in this browser.

import { createElement } from "./dom.js";
import { readProgress, rememberSolved } from "./progress.js";
import { createProse } from "./question.js";

/** Return { element, show({ isSolved, status }) }. name: of the lesson; html: of the task; status: a text on how far it is. */
export function createTask(name, html) {
  const mark = createElement("span.solved"), progress = createElement("output", { "data-testid": "task-status" });
  let wasSolved = readProgress(name).isSolved;
  const element = createElement("section.task", { "data-testid": "task" }, createElement("h3", {}, "Task ", mark), createProse("div", html), progress);
  return {
    element,
    show({ isSolved, status = "" }) {
      if (isSolved && !wasSolved) rememberSolved(name);
      wasSolved ||= isSolved;
      element.classList.toggle("is-solved", wasSolved);
      mark.textContent = wasSolved ? "✓ solved" : "";
      progress.textContent = isSolved ? `${status} The address of this page now leads to your solution.`.trim() : status;
    },
  };
}
