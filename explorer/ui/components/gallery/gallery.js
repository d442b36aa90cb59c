// Images in rows, each a button to go there; some of them marked. Arrow keys move among them.

const SAVED = 4; // px of a saved picture for each of an image's
const PAPER = { page: "#fff", text: "#222" };
const LABEL = 12, SPACE = 6, BAR = 3; // px of a saved picture: letters beside images, the room around them, a mark

/** data: { sheet, n, columns, image: [C, H, W], heads, captions, names, marked, chosen, title, about, mark, dense, actions }; first: in the order of tabs; say(index) */
function build(data, sheet, first, say) {
  const { n, columns, image: [, height, width], heads, captions, names, marked, chosen, actions } = data;
  const paint = (canvas, i) => {
    Object.assign(canvas, { width, height });
    canvas.getContext("2d").drawImage(sheet, ...corner(i, columns, width, height), width, height, 0, 0, width, height);
    return canvas;
  };
  const named = (i) => (captions && !names[i].includes(captions[i]) ? `${names[i]}: ${captions[i]}` : names[i]); // what is written under it is a part of its name
  const cells = Array.from({ length: n }, (_, i) => {
    const button = element("button", { title: actions ? names[i] : "", tabIndex: i === first ? 0 : -1, disabled: !actions, onclick: () => say(i), "aria-label": named(i) },
      paint(element("canvas"), i), captions ? element("span", {}, captions[i]) : null);
    button.classList.toggle("marked", marked.includes(i));
    if (i === chosen) button.setAttribute("aria-current", "true");
    button.onkeydown = (event) => {
      const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns }[event.key], to = step && cells[i + step];
      if (!to) return;
      event.preventDefault();
      button.tabIndex = -1;
      to.tabIndex = 0;
      to.focus();
    };
    return button;
  });
  const rows = [];
  for (let i = 0; i < n; i += columns) rows.push(...(heads ? [element("b", {}, heads[i / columns])] : []), ...cells.slice(i, i + columns));
  const grid = element(`div.grid${data.dense ? ".dense" : ""}`, { role: "group", "aria-label": data.title }, ...rows);
  grid.style.gridTemplateColumns = `${heads ? "max-content " : ""}repeat(${columns}, minmax(0, ${2.2 * width + 60}px))`;
  const save = saveButton(data.title, "Save these images as one captioned picture; each pixel is four times as large", () => whole(data, sheet));
  return [grid, element("div.foot", {}, element("span", {}, data.mark && marked.length ? data.mark : ""), save)];
}

/** Where image i lies in a sheet of so many columns. */
const corner = (i, columns, width, height) => [(i % columns) * width, Math.floor(i / columns) * height];

/** All images as one picture: their labels beside them, marks below them, and the caption of it all at the end. */
function whole({ n, columns, image: [, height, width], heads, captions, marked, title, about, mark }, sheet) {
  const made = element("canvas"), ctx = made.getContext("2d"), font = `${LABEL}px sans-serif`, line = 1.3 * LABEL;
  ctx.font = font;
  const lines = (texts) => (texts ?? []).map((text) => text.split("\n")), beside = lines(heads), below = lines(captions);
  const widest = (texts) => Math.ceil(Math.max(0, ...texts.flat().map((text) => ctx.measureText(text).width))) + (texts.length ? SPACE + 2 : 0);
  const left = widest(beside), step = Math.max(SAVED * width, widest(below)), most = Math.max(0, ...below.map((each) => each.length));
  const bar = marked.length ? 2 * BAR : 0, tallest = Math.max(0, ...beside.map((each) => each.length)) * line;
  const down = Math.max(SAVED * height + bar + most * line, tallest) + (most || tallest ? SPACE : 0);
  Object.assign(made, { width: left + Math.min(n, columns) * step, height: Math.ceil(Math.ceil(n / columns) * down) });
  ctx.fillStyle = PAPER.page;
  ctx.fillRect(0, 0, made.width, made.height);
  Object.assign(ctx, { font, fillStyle: PAPER.text, textBaseline: "top", imageSmoothingEnabled: false });
  beside.forEach((texts, row) => texts.forEach((text, k) => ctx.fillText(text, 2, row * down + k * line + 2)));
  for (let i = 0; i < n; i++) {
    const [x, y] = corner(i, columns, step, down);
    ctx.drawImage(sheet, ...corner(i, columns, width, height), width, height, left + x, y, SAVED * width, SAVED * height);
    if (marked.includes(i)) ctx.fillRect(left + x, y + SAVED * height + 1, SAVED * width - 1, BAR);
    below[i]?.forEach((text, k) => ctx.fillText(text, left + x, y + SAVED * height + bar + k * line + 2));
  }
  return captioned(made, [`${title}${about ? `: ${about}` : ""}`, marked.length ? mark : ""].map((text) => text && text.replace(/\.?$/, ".")).join(" ").trim(), PAPER);
}

const latest = new WeakMap(); // root -> what is being opened for it

export default function ({ data, parentElement, setStateValue }) {
  let root = parentElement.querySelector(".gallery");
  if (!root) parentElement.append((root = element("div.gallery")));
  latest.set(root, data);
  fetch(data.sheet).then((answer) => answer.blob()).then(createImageBitmap).then((sheet) => {
    if (latest.get(root) !== data) return;
    const at = [...root.querySelectorAll(".grid button")].indexOf(root.getRootNode().activeElement);
    root.dataset.testid = "gallery";
    root.replaceChildren(...build(data, sheet, at < 0 ? data.chosen ?? 0 : Math.min(at, data.n - 1), (index) => setStateValue("pick", { n: Date.now(), index })));
    if (at >= 0) root.querySelector('.grid button[tabindex="0"]').focus({ preventScroll: true });
  });
}
