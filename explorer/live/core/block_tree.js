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
