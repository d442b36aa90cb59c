// What this browser remembers of the lessons, and the code with which a student hands it in.

import { encodeSubmission, MAX_ASSIGNMENT_LENGTH, MAX_NAME_LENGTH } from "../core/assignment_code.js";
import { createElement } from "../view/dom.js";
import { readProgress } from "../view/progress.js";

const ANSWER_TEXTS = { right: "✓ right at first", wrong: "not right at first", "": "–" };
const COPIED_MS = 2000; // that the button says so

const createField = (label, maxLength, testId) => {
  const input = createElement("input", { type: "text", maxLength, autocomplete: "off", "data-testid": testId });
  return { input, element: createElement("label", {}, createElement("span", {}, label), input) };
};

export class HandIn {
  /** options: { lessons: [{ name, title, address }], canSign: whether Python signs codes }. */
  constructor(root, blocks, { options, send }) {
    Object.assign(this, { send, lessons: options.lessons, canSign: options.canSign, pending: null, hasTyped: false });
    this.student = createField("Name or number (optional)", MAX_NAME_LENGTH, "student");
    this.assignment = createField("Assignment (optional)", MAX_ASSIGNMENT_LENGTH, "assignment");
    this.summary = createElement("p", { role: "status", "data-testid": "summary" });
    this.table = createElement("table");
    this.code = createElement("textarea", { readOnly: true, rows: 3, "data-testid": "code", spellcheck: false, "aria-label": "Your code" });
    this.copyButton = createElement("button", { type: "button", onclick: () => this.copy() }, "Copy");
    this.result = createElement("div.hand-in-code", {}, this.code, this.copyButton);
    this.note = createElement("p", { role: "status", "data-testid": "note" });
    const form = createElement("form", { onsubmit: (event) => (event.preventDefault(), this.makeCode()) },
      this.student.element, this.assignment.element, createElement("button", { type: "submit", "data-testid": "make-code" }, "Make the code"));
    form.oninput = () => this.forgetCode();
    this.assignment.input.oninput = () => (this.hasTyped = true);
    this.refresh = () => (this.forgetCode(), this.show());
    for (const type of ["storage", "pageshow"]) addEventListener(type, this.refresh);
    root.replaceChildren(createElement("div.hand-in", {}, form, this.result, this.note, this.summary, createElement("div.hand-in-table", { tabIndex: 0, role: "region", "aria-label": "Your lessons" }, this.table)));
    this.chosen = this.lessons;
    this.refresh();
  }

  /** values: { assignment, lessons: names separated by commas, "" for all }, of a link; signed: { number, code, problem } of the message
   * that Python has answered. */
  applyState({ values, signed }) {
    const names = (values.lessons ?? "").split(","), chosen = this.lessons.filter(({ name }) => names.includes(name));
    this.chosen = chosen.length ? chosen : this.lessons;
    if (!this.hasTyped && values.assignment) this.assignment.input.value = values.assignment;
    this.show();
    if (signed && signed.number === this.pending) this.showCode(signed.code, signed.problem);
  }

  /** Show what is remembered of the chosen lessons. */
  show() {
    const row = (tag, ...cells) => createElement("tr", {}, ...cells.map((cell) => createElement(tag, tag === "th" ? { scope: "col" } : {}, cell)));
    this.results = Object.fromEntries(this.chosen.map(({ name }) => [name, readProgress(name)]));
    const results = Object.values(this.results), count = (isCounted) => results.filter(isCounted).length;
    this.summary.textContent = `Answered: ${count(({ answer }) => answer)} of ${results.length} questions, ${count(({ answer }) => answer === "right")} right at first. Solved: ${count(({ isSolved }) => isSolved)} of ${results.length} tasks.`;
    this.table.replaceChildren(
      createElement("thead", {}, row("th", "Lesson", "Question", "Task")),
      createElement("tbody", {}, ...this.chosen.map(({ name, title, address }) => {
        const { answer, isSolved } = this.results[name];
        return row("td", createElement("a", { href: address }, title), ANSWER_TEXTS[answer], isSolved ? "✓ solved" : "–");
      })),
    );
  }

  makeCode() {
    const submission = { name: this.student.input.value, assignment: this.assignment.input.value, results: this.results };
    this.forgetCode();
    if (!this.canSign) return this.showCode(encodeSubmission({ ...submission, time: Date.now() }), "");
    this.note.textContent = "The server signs your code…";
    this.pending = this.send("sign", submission);
  }

  showCode(code, problem) {
    this.pending = null;
    this.note.textContent = problem || "Copy the code, and send it to your lecturer.";
    this.result.hidden = !code;
    this.code.value = code;
  }

  /** Hide a code that no longer says what the page shows. */
  forgetCode() {
    Object.assign(this, { pending: null });
    this.result.hidden = true;
    this.code.value = this.note.textContent = "";
  }

  async copy() {
    this.code.select();
    const isCopied = await navigator.clipboard?.writeText(this.code.value).then(() => true, () => false);
    this.copyButton.textContent = isCopied || document.execCommand("copy") ? "Copied" : "Copy with Ctrl+C";
    setTimeout(() => (this.copyButton.textContent = "Copy"), COPIED_MS);
  }

  close() {
    for (const type of ["storage", "pageshow"]) removeEventListener(type, this.refresh);
  }
}
