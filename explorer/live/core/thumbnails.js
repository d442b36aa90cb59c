// Which images are shown as thumbnails at their codes, so that none overlap.

/**
 * Return the rows of the thumbnails, each a rectangle [width, height] px around the position of its row. First those already shown, so
 * that an image stays as long as it is visible, then the others in their order; one that would overlap is left out. positions [2n] in
 * px; isShown(row): whether the row may have a thumbnail.
 * @param {ArrayLike<number>} positions @param {number} count @param {(row: number) => boolean} isShown @param {number[]} size
 * @param {{ x: number, y: number, width: number, height: number }} box @param {number[]} [previous] @returns {number[]}
 */
export function chooseThumbnails(positions, count, isShown, [width, height], box, previous = []) {
  const columns = Math.ceil(box.width / width) + 4, cells = new Int32Array(columns * (Math.ceil(box.height / height) + 4)).fill(-1);
  const left = box.x - width / 2, top = box.y - height / 2, right = box.x + box.width + width / 2, bottom = box.y + box.height + height / 2;
  /** @type {number[]} */
  const rows = [];
  const add = (/** @type {number} */ row) => {
    const x = positions[2 * row], y = positions[2 * row + 1];
    if (!(x > left && x < right && y > top && y < bottom) || !isShown(row)) return;
    const cell = columns * (Math.floor((y - top) / height) + 1) + Math.floor((x - left) / width) + 1;
    for (let dy = -columns; dy <= columns; dy += columns)
      for (let dx = -1; dx <= 1; dx++) {
        const other = cells[cell + dy + dx];
        if (other === row || (other >= 0 && Math.abs(positions[2 * other] - x) < width && Math.abs(positions[2 * other + 1] - y) < height)) return;
      }
    cells[cell] = row; // a cell is as large as a thumbnail, so that it holds the middle of one at most
    rows.push(row);
  };
  for (const row of previous) if (row < count) add(row);
  for (let row = 0; row < count; row++) add(row);
  return rows;
}

/** Return the row whose thumbnail covers a position, or -1.
 * @param {ArrayLike<number>} positions @param {number[]} rows @param {number[]} size @param {number[]} position */
export function thumbnailAt(positions, rows, [width, height], [px, py]) {
  return rows.find((row) => Math.abs(positions[2 * row] - px) <= width / 2 && Math.abs(positions[2 * row + 1] - py) <= height / 2) ?? -1;
}
