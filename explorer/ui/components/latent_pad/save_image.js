// What is seen as a PNG file, with a caption below it.

const TEXT = 13, ROOM = 6, NARROWEST = 360; // px of a caption: its letters, the room around it, and how wide it is at least

const CHANGED = "This browser changes the pixels of saved pictures, to protect your privacy. Allow this site to read canvas data, or take a screenshot.";

/** Whether a canvas's pixels come back as they were put there. */
function readsBack() {
  const side = 16, image = new ImageData(side, side), ctx = element("canvas", { width: side, height: side }).getContext("2d", { willReadFrequently: true });
  for (let i = 0; i < image.data.length; i++) image.data[i] = i % 4 === 3 ? 255 : (37 * i) & 255;
  ctx.putImageData(image, 0, 0);
  return ctx.getImageData(0, 0, side, side).data.every((value, i) => value === image.data[i]);
}

/** picture(): a canvas. */
export function saveButton(name, title, picture) {
  const fault = element("span", { role: "alert" });
  const button = element("button.save", { title, onclick: () => {
    fault.textContent = readsBack() ? "" : CHANGED;
    if (fault.textContent) return button.after(fault);
    fault.remove();
    picture().toBlob((blob) => {
      const link = element("a", { href: URL.createObjectURL(blob), download: `${name}.png` });
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 1000);
    });
  } }, "Save PNG");
  return button;
}

/** A canvas with text below it; ink: { text, page }, colours; size: pixels for each of a caption's. */
export function captioned(picture, text, ink, size = 1) {
  const width = Math.max(picture.width, Math.round(NARROWEST * size)), room = ROOM * size, line = 1.4 * TEXT * size;
  const made = element("canvas", { width, height: picture.height }), ctx = made.getContext("2d"), font = `${TEXT * size}px sans-serif`;
  ctx.font = font;
  const lines = wrapped(ctx, text, width - 2 * room);
  made.height = Math.round(picture.height + lines.length * line + 2 * room);
  ctx.fillStyle = ink.page;
  ctx.fillRect(0, 0, made.width, made.height);
  ctx.drawImage(picture, 0, 0);
  Object.assign(ctx, { font, fillStyle: ink.text, textBaseline: "top" });
  lines.forEach((each, i) => ctx.fillText(each, room, picture.height + room + i * line));
  return made;
}

/** Words in lines no wider than that. */
function wrapped(ctx, text, width) {
  const lines = [""];
  for (const word of text.split(" ")) {
    const longer = [lines.at(-1), word].filter(Boolean).join(" ");
    if (lines.at(-1) && ctx.measureText(longer).width > width) lines.push(word);
    else lines[lines.length - 1] = longer;
  }
  return lines;
}
