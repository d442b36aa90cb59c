// Blocks by name, in a tree of objects and lists.

/** @typedef {import("./block.js").Block} Block */

/** Return a promise of a tree in which each text is replaced by the block that load() promises for it; null stays.
 * @param {any} tree @param {(address: string) => Promise<Block>} load @returns {Promise<any>} */
export async function loadTree(tree, load) {
  if (typeof tree === "string") return load(tree);
  if (Array.isArray(tree)) return Promise.all(tree.map((part) => loadTree(part, load)));
  if (!tree) return null;
  return Object.fromEntries(await Promise.all(Object.entries(tree).map(async ([name, part]) => [name, await loadTree(part, load)])));
}

/** Give a figure the blocks that arrive later, each by its name as soon as it is there, while isWanted(). One is loaded after the other,
 * in their order, so that the first arrive soon over a slow line.
 * @param {{ addBlocks: (blocks: Record<string, any>) => Promise<void> }} figure @param {Record<string, any> | null} later
 * @param {(address: string) => Promise<Block>} load */
export async function addLaterBlocks(figure, later, load, isWanted = () => true) {
  /** @type {Promise<any>} */
  let previous = Promise.resolve();
  await Promise.all(Object.entries(later ?? {}).map(async ([name, part]) => {
    const arrival = (previous = previous.catch(() => {}).then(() => loadTree(part, load)));
    const arrived = await arrival;
    if (arrived && isWanted()) await figure.addBlocks({ [name]: arrived });
  }));
}
