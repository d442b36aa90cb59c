// What lessons have in common: what to move, a figure, a question that veils a part of it, a task, mathematics and code.

import { animateValues } from "../../view/animation.js";
import { createElement, observeSize } from "../../view/dom.js";
import { fitHeight } from "../../view/fit_height.js";
import { createPlot } from "../../view/plots/plot.js";
import { rememberAnswer } from "../../view/progress.js";
import { createProse, createQuestion } from "../../view/question.js";
import { createResampleButton } from "../../view/resample_button.js";
import { colourSymbols, linkSymbols } from "../../view/symbols.js";
import { createTask } from "../../view/task.js";
import { Figure } from "../figure.js";
import { showClassPoints, withClassPoints } from "./class_points.js";
import { shareLesson } from "./shared_lesson.js";

const TASK_EVENT = "lesson-task"; // with { isSolved }, for a page around the figure
const createDetails = (title, ...children) => createElement("details", {}, createElement("summary", {}, title), ...children);

/** Let the keyboard scroll formulas that are wider than the page. */
function makeWideFormulasFocusable(element) {
  for (const formula of element.querySelectorAll('math[display="block"]'))
    if (formula.scrollWidth > formula.clientWidth) formula.setAttribute("tabindex", "0");
    else formula.removeAttribute("tabindex");
}

/** Return whether a block of a tree stands in for an exact one. */
const isCoarse = (tree) => (tree?.metadata ? Boolean(tree.metadata.is_coarse) : Object.values(tree ?? {}).some(isCoarse));

/**
 * A lesson extends this class, and has:
 * - buildFigure(): return the elements of the figure;
 * - paintFigure(values, isAnswered): show the values; what would answer the question, only if isAnswered;
 * - checkTask(values): return { isSolved, status: a text };
 * - buildFolded(), optional: return more folded parts, which follow the task;
 * - static controlSymbols: the symbol of the control of a field, by its name;
 * - static awaited: the names of the blocks without which neither the answer nor the task can be shown;
 * - isReady(values), optional: whether all blocks are here that these values need;
 * - receive(blocks), optional: take blocks that arrive later, also exact ones in the place of coarse ones.
 */
export class LessonFigure extends Figure {
  static controlSymbols = {};
  static awaited = [];

  build() {
    Object.assign(this, { plots: [], planes: [], isTaskSolved: false, pointer: null });
    this.arrival = createElement("p", { role: "status" });
    return [(this.figure = createElement("div.lesson-figure", { "data-testid": "live-figure" }, ...this.buildFigure(), this.arrival))];
  }

  async addBlocks(blocks) {
    Object.assign(this.blocks, blocks);
    this.receive(blocks);
    this.painter.request();
  }

  receive() {}

  isReady() {
    return true;
  }

  /** Whether the blocks are here that the answer and the task need, none of them coarse. */
  get isComplete() {
    return this.constructor.awaited.every((name) => this.blocks[name] && !this.blocks[name].metadata.is_coarse);
  }

  buildFolded() {
    return [];
  }

  arrange(figure) {
    const { lesson } = this.options, { controlSymbols } = this.constructor;
    this.question = createQuestion(lesson, (chosen) => this.answerQuestion(chosen));
    this.task = createTask(lesson.name, lesson.task);
    this.controls.element.querySelectorAll("label").forEach((label) => {
      const name = label.querySelector("[data-testid]").dataset.testid.replace("control-", "");
      if (name === "answer") label.remove();
      else if (name === "draw") label.replaceWith(createResampleButton(this, name));
      else if (controlSymbols[name]) label.firstChild.dataset.symbol = controlSymbols[name];
    });
    const main = this.controls.element.querySelector("input[type=range]");
    if (main && !figure.querySelector("[data-testid=live-control]")) main.dataset.testid = "live-control";
    const code = lesson.code.flatMap(({ file, source }) => [createElement("code", {}, file), createElement("pre", { tabIndex: 0 }, source)]);
    const mathematics = createDetails("Mathematics", createProse("div.mathematics", lesson.mathematics));
    this.stopMathematicsObserver = observeSize([mathematics], () => makeWideFormulasFocusable(mathematics));
    const element = createElement(
      "div.lesson", {}, createProse("p.intro", lesson.intro), figure, this.controls.element,
      createElement("div.lesson-text", {}, this.question.element, this.task.element),
      ...this.buildFolded(),
      mathematics,
      createDetails("Source code", ...code),
      createDetails("For teachers", createProse("div.teacher", lesson.teacher)),
    );
    this.stopClassPoints = showClassPoints(lesson.name, this.planes);
    this.stopSharing = shareLesson(this);
    colourSymbols(element, this.palette.colours);
    linkSymbols(element);
    return [element];
  }

  /** Return a new plot of a declaration, with its place: { plot, element }. */
  addPlot(declaration, handlers = {}) {
    const element = createElement("div.lesson-plot"), place = this.plots.length;
    const onPointer = (values) => (this.pointer = values && [place, ...values]);
    const plot = createPlot(element, { buttons: ["values", "png", "svg"], ...declaration }, { palette: this.palette, onRelease: () => this.commit(), onPointer, ...handlers });
    this.plots.push(plot);
    return { plot, element };
  }

  /** Return the same of the lesson's map, whose axes are the fields of its plane: a class can put points on it. */
  addPlane(declaration, handlers) {
    const { plot, element } = this.addPlot(withClassPoints(declaration), handlers);
    this.planes.push(plot);
    return { plot, element };
  }

  /** Show the answer, at the first choice by moving the figure. */
  answerQuestion(chosen) {
    const isFirst = !this.values.answer, { name, right, shows } = this.options.lesson;
    rememberAnswer(name, chosen === right);
    this.move({ answer: chosen });
    if (!isFirst || !shows.length) return this.commit();
    this.isPlaying = true;
    this.stopAnimation = animateValues(this.table.fields, this.values, shows, (values) => this.show(values), () => this.commit());
  }

  /** Show other values while a hand moves them; until then, what plays by itself solves no task. */
  move(values) {
    this.stopAnimation?.();
    this.isPlaying = false;
    super.move(values);
  }

  paint(values) {
    const isAnswered = values.answer > 0, isReady = this.isReady(values), isComplete = isReady && this.isComplete, isWaiting = !isReady || (isAnswered && !isComplete);
    this.question.show(values.answer);
    this.figure.classList.toggle("is-waiting", isWaiting);
    this.figure.classList.toggle("is-empty", !isReady);
    this.arrival.textContent = isWaiting ? "Loading…" : isCoarse(this.blocks) ? "Rounded images; the exact ones are loading." : "";
    if (isReady) this.paintFigure(values, isAnswered && isComplete);
    const { isSolved, status } = isComplete ? this.checkTask(values) : { isSolved: false, status: "Loading…" };
    const isTaskSolved = isSolved && !this.isPlaying;
    this.task.show({ isSolved: isTaskSolved, status });
    if (isTaskSolved !== this.isTaskSolved) this.element.dispatchEvent(new CustomEvent(TASK_EVENT, { bubbles: true, detail: { isSolved: isTaskSolved } }));
    this.isTaskSolved = isTaskSolved;
    if (this.options.is_lecture) this.fitWindow();
  }

  /** Let the figure fill the window above its controls. It shrinks whenever it reaches too far, and grows only with the window or an answer,
   * so that it does not jump while a hand moves it. */
  fitWindow() {
    const figure = this.element.querySelector(".lesson-figure"), lesson = figure.parentElement, { element: controls } = this.controls;
    const height = parseFloat(getComputedStyle(lesson).minHeight) - controls.offsetHeight, key = `${innerWidth} ${height} ${this.values.answer}`;
    if (key === this.fitKey && this.fits()) return;
    Object.assign(this, { fitKey: key, fits: fitHeight(figure, this.plots, height) });
  }

  close() {
    this.stopAnimation?.();
    this.stopMathematicsObserver();
    this.stopClassPoints();
    this.stopSharing();
    this.plots.forEach((plot) => plot.close());
    super.close();
  }
}
