// Lecture mode in the browser: a bar with a timer, keys, full screen, and a ring around the pointer, which a projector and a recording show.

const KEYS = [
  ["Page down, N", "next lesson"],
  ["Page up, P", "previous lesson"],
  ["L, E, C", "the lesson, Explore, Compare"],
  ["F", "full screen"],
  ["T", "start or stop the timer; with Shift, reset it"],
  ["Q", "the question, and back to the figure"],
  ["R", "show or hide the ring around the pointer"],
  ["?", "show these keys"],
  ["Esc", "leave lecture mode"],
];
const PAGE_KEYS = { PageDown: "next", n: "next", PageUp: "previous", p: "previous", l: "lesson", e: "explore", c: "compare" };
const PARAMETER = "lecture";

let current = null; // the mounted component: { data, bar: its elements or null, send(type, value) }
let isRingOn = true;

/** The timer counts down from the minutes of a page, or up if it has none; it outlives the page. */
const timer = { page: "", minutes: 0, elapsed: 0, startedAt: 0, isRunning: false }; // elapsed: ms before startedAt

function element(tag, properties, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(properties)) key.includes("-") || key === "role" ? node.setAttribute(key, value) : (node[key] = value);
  node.append(...children);
  return node;
}

const elapsed = () => timer.elapsed + (timer.isRunning ? performance.now() - timer.startedAt : 0);

function toggleTimer() {
  Object.assign(timer, { elapsed: elapsed(), startedAt: performance.now(), isRunning: !timer.isRunning });
  showTimer();
}

function resetTimer() {
  Object.assign(timer, { elapsed: 0, startedAt: performance.now(), isRunning: false });
  showTimer();
}

/** Begin with the minutes of another page; a running timer goes on running. */
function setTimerPage({ page, minutes }) {
  if (timer.page !== page) Object.assign(timer, { page, minutes, elapsed: 0, startedAt: performance.now() });
}

function showTimer() {
  const button = current?.bar?.timer;
  if (!button) return;
  const seconds = timer.minutes ? Math.ceil(60 * timer.minutes - elapsed() / 1000) : Math.floor(elapsed() / 1000), whole = Math.abs(seconds);
  const text = `${seconds < 0 ? "−" : ""}${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
  if (button.lastChild.textContent !== text) button.lastChild.textContent = text;
  button.firstChild.textContent = timer.isRunning ? "❚❚ " : "▶ ";
  button.classList.toggle("over", seconds < 0);
  button.setAttribute("aria-pressed", String(timer.isRunning));
}

function toggleFullScreen() {
  if (document.fullscreenElement) document.exitFullscreen();
  else document.documentElement.requestFullscreen?.().catch(() => {}); // a frame or a tablet may refuse it; the mode works without
}

/** Let the address say the mode, without a step in the browser's history. */
function writeAddress(isOn) {
  const address = new URL(location.href), isWritten = address.searchParams.get(PARAMETER) === "1";
  if (isOn === isWritten) return;
  if (isOn) address.searchParams.set(PARAMETER, "1");
  else address.searchParams.delete(PARAMETER);
  history.replaceState(history.state, "", address.href.replaceAll("%2C", ","));
}

function enter() {
  toggleFullScreen();
  current.send("mode", "on");
}

function leave() {
  if (document.fullscreenElement) document.exitFullscreen();
  current.send("mode", "off");
}

function goTo(name) {
  const page = current.data.pages[name];
  if (page) current.send("page", page);
}

function toggleKeys() {
  const { keys } = current.bar;
  if (keys.open) keys.close();
  else keys.showModal();
}

function toggleRing() {
  isRingOn = !isRingOn;
  if (!isRingOn) current.bar.ring.hidden = true;
}

/** Show what follows the figure, the question of a lesson, or the figure again. */
function toggleQuestion() {
  const page = document.querySelector('[data-testid="stMain"]');
  page?.scrollTo({ top: page.scrollTop > 0 ? 0 : page.scrollHeight });
}

const ACTIONS = { f: toggleFullScreen, q: toggleQuestion, t: toggleTimer, T: resetTimer, r: toggleRing, "?": toggleKeys, Escape: () => (current.bar.keys.open ? toggleKeys() : leave()) };

/** Return whether a key types or chooses in an element. */
const takesLetters = (node) => node instanceof HTMLSelectElement || node.isContentEditable || node instanceof HTMLTextAreaElement
  || (node instanceof HTMLInputElement && !["range", "checkbox", "radio", "button"].includes(node.type));

/** Arrow keys, Home, End and Tab are the figure's own. */
function onKeyDown(event) {
  if (!current?.bar || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key.length === 1 && takesLetters(event.composedPath()[0])) return;
  const key = event.shiftKey || event.key.length > 1 ? event.key : event.key.toLowerCase(), page = PAGE_KEYS[key], act = ACTIONS[key];
  if (!page && !act) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (event.repeat) return;
  if (act) act();
  else goTo(page);
}

function onPointer({ clientX, clientY, type, buttons }) {
  const ring = current?.bar?.ring;
  if (!ring || !isRingOn) return;
  ring.hidden = type === "pointerleave";
  ring.classList.toggle("pressed", buttons > 0);
  ring.style.transform = `translate(${clientX}px, ${clientY}px)`;
}

/** Return the sign of full screen: four corners. */
function createCorners() {
  const [svg, path] = ["svg", "path"].map((tag) => document.createElementNS("http://www.w3.org/2000/svg", tag));
  for (const [name, value] of Object.entries({ viewBox: "0 0 16 16", width: "0.8em", height: "0.8em", fill: "none", stroke: "currentColor", "stroke-width": 2, "aria-hidden": "true" })) svg.setAttribute(name, String(value));
  path.setAttribute("d", "M1 5V1h4M11 1h4v4M15 11v4h-4M5 15H1v-4");
  svg.append(path);
  return svg;
}

function buildBar({ title, pages }) {
  const button = (text, label, onclick, properties = {}) => element("button", { "aria-label": label, title: label, onclick, ...properties }, text);
  const keys = element("dialog", { className: "keys", "aria-label": "Keys of lecture mode" }, element("dl", {}, ...KEYS.flatMap(([key, action]) => [element("dt", {}, key), element("dd", {}, action)])), element("button", { onclick: () => keys.close() }, "Close"));
  const timerButton = element("button", { className: "timer", title: "Start or stop the timer (T); reset it with Shift+T", "data-testid": "lecture-timer", onclick: toggleTimer }, element("span", { "aria-hidden": "true" }), element("span", { role: "timer" }));
  const ring = element("div", { className: "ring", hidden: true, "aria-hidden": "true", "data-testid": "lecture-pointer" });
  const bar = element("div", { className: "bar", role: "toolbar", "aria-label": "Lecture", "data-testid": "lecture-bar" },
    element("h1", {}, title), timerButton,
    button("‹", "Previous lesson (P)", () => goTo("previous"), { disabled: !pages.previous }), button("›", "Next lesson (N)", () => goTo("next"), { disabled: !pages.next }),
    button(createCorners(), "Full screen (F)", toggleFullScreen, { className: "optional" }), button("?", "Keys (?)", toggleKeys, { className: "optional" }), button("✕", "Leave lecture mode (Esc)", leave));
  return { nodes: [bar, keys, ring], timer: timerButton, keys, ring };
}

function listen() {
  if (globalThis.lectureListens) return;
  globalThis.lectureListens = true;
  addEventListener("keydown", onKeyDown, true);
  for (const type of ["pointermove", "pointerdown", "pointerup"]) addEventListener(type, onPointer, true);
  document.documentElement.addEventListener("pointerleave", onPointer);
  setInterval(showTimer, 250);
}

/** data: { isOn, page, title, minutes, pages: { previous, next, lesson, explore, compare: names of pages other than this } }. */
export default function ({ data, parentElement, setTriggerValue }) {
  listen();
  writeAddress(data.isOn);
  const text = JSON.stringify(data);
  let root = parentElement.querySelector(".root");
  if (!root) parentElement.append((root = element("div", { className: "root" })));
  if (root.dataset.text !== text) {
    root.dataset.text = text;
    const bar = data.isOn ? buildBar(data) : null;
    root.replaceChildren(...(bar ? bar.nodes : [element("button", { className: "enter", title: "The figure fills the screen, in large type, with keys and a timer", onclick: enter }, "Lecture mode")]));
    root.bar = bar;
  }
  const mounted = (current = { data, bar: root.bar, send: setTriggerValue });
  setTimerPage(data);
  showTimer();
  return () => {
    if (current === mounted) current = null;
  };
}
