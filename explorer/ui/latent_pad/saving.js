// What is seen as a PNG file.

/** picture(): a canvas. */
export function saveButton(name, title, picture) {
  return element("button.save", { title, onclick: () => picture().toBlob((blob) => {
    const link = element("a", { href: URL.createObjectURL(blob), download: `${name}.png` });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  }) }, "Save PNG");
}
