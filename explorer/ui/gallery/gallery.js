// Images in rows, each a button to go there; some of them marked. Arrow keys walk among them.

const SAVED = 4; // px of a saved picture for each of an image's

/** data: { sheet, n, columns, image: [C, H, W], heads, captions, names, marked, chosen, title, mark, actions }; first: in the order of tabs; say(index) */
function build(data, sheet, first, say) {
  const { n, columns, image: [, height, width], heads, captions, names, marked, chosen, actions } = data;
  const paint = (canvas, i, size = 1) => {
    Object.assign(canvas, { width: width * size, height: height * size });
    const ctx = canvas.getContext("2d");
    ctx.imageSmoothingEnabled = false;
    ctx.drawImage(sheet, (i % columns) * width, Math.floor(i / columns) * height, width, height, 0, 0, canvas.width, canvas.height);
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
  const save = saveButton(data.title, "These images as one picture, each pixel four times as large", () => {
    const corner = (i) => [SAVED * (i % columns) * width, SAVED * Math.floor(i / columns) * height];
    const whole = element("canvas", { width: SAVED * columns * width, height: SAVED * Math.ceil(n / columns) * height }), ctx = whole.getContext("2d");
    cells.forEach((_, i) => ctx.drawImage(paint(element("canvas"), i, SAVED), ...corner(i)));
    return whole;
  });
  return [grid, element("div.foot", {}, element("span", {}, data.mark && marked.length ? data.mark : ""), save)];
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
