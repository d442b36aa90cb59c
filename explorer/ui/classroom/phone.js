// A student's phone in a class: it answers once, waits for what the lecturer does, and then shows the counts and the lesson's figure.

const room = JSON.parse(document.getElementById("room").textContent);
const find = (id) => document.getElementById(id);
const wait = (ms) => new Promise((done) => setTimeout(done, ms));
const MAX_RETRY_MS = 15_000;
const SPREAD_MS = 400; // over which the phones of a class ask again, or load what all load at once
const PREFETCH_MS = 6_000; // over which they load the figure, once they have answered

/** Return the milliseconds before another attempt: longer after each failure, and different on each phone. */
const retryDelay = (failures) => Math.min(1000 * 2 ** failures, MAX_RETRY_MS) * (0.5 + Math.random());

/** What this browser keeps of the class: a random token by which the server counts it once, and its answers by their questions. */
class Memory {
  constructor(key) {
    try {
      this.storage = globalThis.localStorage;
    } catch {
      this.storage = null; // private windows and frames: until the page is left
    }
    this.key = key;
    const makeToken = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
    try {
      this.values = JSON.parse(this.storage?.getItem(key) ?? "null");
    } catch {
      this.values = null;
    }
    this.values ??= { token: makeToken(), sent: {}, confirmed: {} };
    this.write();
  }

  write() {
    try {
      this.storage?.setItem(this.key, JSON.stringify(this.values));
    } catch {
      this.storage = null;
    }
  }
}

const memory = new Memory(`class ${room.code} ${room.ticket}`);
const sent = memory.values.sent; // answers by the numbers of their questions
const confirmed = memory.values.confirmed; // those that the server has counted
const round = room.state.round;
let state = room.state;
let frame = null;
let isSending = false;
let lead = null; // the stream of what the lecturer moves
let shownLead = null; // what it said last

const announce = (text) => {
  if (find("status").textContent !== text) find("status").textContent = text;
};

/** Send an answer until the server has confirmed or refused it. */
async function send(answer) {
  if (isSending) return;
  isSending = true;
  sent[round] = answer;
  memory.write();
  showAnswer();
  announce("Sending…");
  for (let failures = 0; ; failures++) {
    const body = JSON.stringify({ ticket: room.ticket, token: memory.values.token, round, answer });
    const response = await fetch(`${room.code}/answer`, { method: "POST", headers: { "Content-Type": "application/json" }, body }).catch(() => null);
    const reply = await response?.json().catch(() => null);
    if (response?.ok) {
      confirmed[round] = answer;
      memory.write();
      break;
    }
    if (response && response.status < 500 && response.status !== 429) {
      delete sent[round];
      memory.write();
      isSending = false;
      show();
      return announce(reply?.sentence ?? "This answer was not counted.");
    }
    announce(reply?.sentence ?? "No connection: your answer is sent again in a moment.");
    await wait(retryDelay(failures));
  }
  isSending = false;
  show();
}

/** Show which answer this phone has given. */
function showAnswer() {
  const answer = sent[round], isDone = answer !== undefined;
  for (const button of document.querySelectorAll(".option")) {
    button.setAttribute("aria-pressed", Number(button.value) === answer);
    button.disabled = isDone || state.state !== "open";
  }
  const button = find("send");
  if (button) button.hidden = !frame || state.state !== "open" || (room.kind === "task" && isDone);
}

const THANKS = {
  choice: "Your answer is counted. Wait for the class.",
  task: "Solved. The class counts you.",
  point: "Your point is counted. You can move it and send it again.",
};

/** Show the present state. */
function show() {
  const isConfirmed = confirmed[round] !== undefined;
  showAnswer();
  if (!isSending) {
    if (state.state === "open") announce(isConfirmed ? THANKS[room.kind] : "");
    else if (state.state === "closed") announce(isConfirmed ? "The question is closed. Your answer is counted." : "The question is closed.");
    else announce(state.isLed ? "The figure below follows the lecturer's figure." : "The lecturer shows the answers of the class.");
  }
  const isRevealed = state.state === "revealed";
  if (find("options")) find("options").hidden = isRevealed;
  if (find("help")) find("help").hidden = state.state !== "open";
  find("result").hidden = !isRevealed;
  if (isRevealed) showResult(state);
  if (room.kind !== "choice" || isRevealed) openFrame();
  else if (isConfirmed) setTimeout(openFrame, PREFETCH_MS * Math.random());
  find("figure").hidden = room.kind === "choice" && !isRevealed;
  if (isRevealed) moveFrame();
  followLead();
}

/** Show the counts. */
function showResult({ result: { n, counts = [] }, right }) {
  const own = confirmed[round], percent = (count) => (n ? Math.round((100 * count) / n) : 0);
  find("bars").replaceChildren(...counts.map((count, i) => {
    const item = document.createElement("li"), texts = document.querySelectorAll(`.option[value="${i + 1}"] > span`), note = document.createElement("span"), bar = document.createElement("div");
    const notes = [i + 1 === right && "✓ right", i + 1 === own && "your answer"].filter(Boolean).join(", ");
    item.classList.toggle("right", i + 1 === right);
    note.className = "note";
    note.textContent = `${count} (${percent(count)}%)${notes && ` · ${notes}`}`;
    bar.className = "bar";
    bar.setAttribute("aria-hidden", "true");
    bar.append(document.createElement("div"));
    bar.firstChild.style.width = `${percent(count)}%`;
    item.append(...[...texts].flatMap((text) => [text.cloneNode(true), " "]), note, bar);
    return item;
  }));
  const many = (text, texts) => `${n} ${n === 1 ? text : texts}`;
  find("total").textContent = { choice: many("answer", "answers"), task: many("has solved it", "have solved it"), point: `${many("point", "points")}, drawn on the map below` }[room.kind];
}

const figureAddress = (hash) => `figures/${room.lesson}${hash}`;

/** Load the lesson's figure, once. */
function openFrame() {
  if (frame) return;
  frame = document.createElement("iframe");
  frame.title = find("figure").dataset.title;
  frame.src = figureAddress(`#${room.hash}`);
  frame.addEventListener("load", () => {
    const { contentDocument } = frame;
    contentDocument.documentElement.dataset.kind = room.kind;
    const fit = () => (frame.style.height = `${contentDocument.body.offsetHeight + 4}px`);
    contentDocument.addEventListener("lesson-task", ({ detail }) => detail.isSolved && room.kind === "task" && !room.isOwn && confirmed[round] === undefined && state.state === "open" && send(1));
    new ResizeObserver(fit).observe(contentDocument.body);
    if (state.state === "revealed") moveFrame();
  });
  find("figure").append(frame);
  showAnswer();
}

/** Show the lecturer's state in the figure, with this phone's own answer. */
function moveFrame() {
  const { contentWindow: view } = frame, values = new URLSearchParams(shownLead?.hash ?? state.hash);
  if (view.location.href === "about:blank") return; // it opens there, and is told when it has been loaded
  if (room.kind === "choice" && !room.isOwn) values.set("answer", confirmed[round] ?? state.right);
  const hash = `#${values}`;
  if (frame.dataset.hash !== hash) view.location.replace(new URL(figureAddress(hash), location.href));
  frame.dataset.hash = hash;
  if (room.kind !== "point") return;
  view.classPoints = { lesson: room.lesson, ...state.result };
  view.dispatchEvent(new Event("class-points"));
}

/** Follow what the lecturer moves, while the room says so. */
function followLead() {
  const isLed = state.state === "revealed" && state.isLed;
  if (Boolean(lead) === isLed) return;
  if (isLed) return openLead();
  closeLead();
  showLead({ round, hash: state.hash, pointer: null });
  shownLead = null;
}

/** Open the stream. A browser gives it up when the server refuses it; it is then opened again. */
function openLead() {
  const stream = (lead = new EventSource(`${room.code}/lead?${new URLSearchParams({ ticket: room.ticket })}`));
  stream.onmessage = ({ data }) => showLead(JSON.parse(data));
  stream.onerror = async () => {
    if (stream.readyState !== EventSource.CLOSED) return;
    await wait(retryDelay(1));
    if (lead === stream) openLead();
  };
}

function closeLead() {
  lead?.close();
  lead = null;
}

/** Show what the lecturer shows: { round, hash, pointer } or null. */
function showLead(shown) {
  if (shown?.round !== round) return;
  shownLead = shown;
  const view = frame?.contentWindow;
  if (!view) return;
  view.classLead = shown;
  view.dispatchEvent(new Event("class-lead"));
}

/** Return the point in the figure. */
function readPoint() {
  const values = new URLSearchParams(frame.contentWindow.location.hash.slice(1));
  return room.axes.map(({ name, low, high, default: usual }) => Math.min(Math.max(Number(values.get(name) ?? usual), low), high));
}

function showEnd() {
  closeLead();
  state = { ...state, state: "ended" };
  showAnswer();
  announce("This class has ended.");
}

/** Ask for the state again and again; the server answers when it changes, or after some seconds. */
async function follow() {
  for (let failures = 0; ; ) {
    if (document.hidden) await new Promise((done) => document.addEventListener("visibilitychange", done, { once: true }));
    const query = new URLSearchParams({ ticket: room.ticket, after: state.version });
    const response = await fetch(`${room.code}/state?${query}`, { cache: "no-store" }).catch(() => null);
    const reply = await response?.json().catch(() => null);
    if (!response?.ok || !reply) {
      await wait(retryDelay(failures++));
      continue;
    }
    failures = 0;
    if (reply.state === "ended") return showEnd();
    if (reply.round !== round) {
      await wait(SPREAD_MS * Math.random());
      return location.reload();
    }
    const isNew = reply.version !== state.version;
    state = reply;
    if (isNew) show();
    await wait(SPREAD_MS * Math.random());
  }
}

find("options")?.addEventListener("click", ({ target }) => {
  const button = target.closest(".option");
  if (button && !button.disabled) send(Number(button.value));
});
find("send")?.addEventListener("click", () => send(room.kind === "point" ? readPoint() : 1));
show();
if (state.state === "open" && sent[round] !== undefined && JSON.stringify(sent[round]) !== JSON.stringify(confirmed[round])) send(sent[round]);
follow();
