// What is seen as a PNG file.

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
