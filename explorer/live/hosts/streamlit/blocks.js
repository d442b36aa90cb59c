// The blocks of this browser tab, by their addresses. They outlive reruns, page switches and every component, because a
// module is loaded once; the browser's cache outlives the tab.

import { decodeBase64 } from "../../core/base64.js";
import { parseBlock } from "../../core/block.js";
import { RELOAD_ADVICE, UserFacingError } from "../../core/errors.js";

const MAX_STORE_BYTES = 128 * 2 ** 20; // of blocks, enough for several runs
const RETRY_MS = [100, 300, 1000, 2000, 4000, 8000]; // before each further request
const KEY_HEADER = "X-Visitor-Key";

/** address -> a promise of the block; the most recently used last. */
const store = new Map();

/** Return a promise of the block at an address, which is its hash, or "data:…;base64," and the block itself. key: of the visitor, for private blocks whose browser sends no
 * cookie, or ""; onMissing(address): the server does not have it (any more), and should be told. */
export function loadBlock(address, key, onMissing) {
  if (address.startsWith("data:")) return Promise.resolve(parseBlock(decodeBase64(address.slice(address.indexOf(",") + 1))));
  const block = store.get(address) ?? requestBlock(address, key, onMissing);
  store.delete(address);
  store.set(address, block);
  block.then(deleteOldBlocks, () => store.get(address) === block && store.delete(address));
  return block;
}

async function requestBlock(address, key, onMissing) {
  for (const delay of [0, ...RETRY_MS]) {
    if (delay) await new Promise((done) => setTimeout(done, delay));
    const response = await fetch(new URL(address, import.meta.url), key ? { headers: { [KEY_HEADER]: key } } : {}).catch(() => null);
    if (response?.ok) {
      const body = await response.arrayBuffer().catch(() => null); // null: the connection broke
      if (body) return parseBlock(new Uint8Array(body));
    } else if (response) onMissing(address);
  }
  throw new UserFacingError(`The data of this figure were not received. ${RELOAD_ADVICE}`);
}

/** Delete the least recently used blocks above MAX_STORE_BYTES. */
async function deleteOldBlocks() {
  let total = 0;
  for (const [address, promise] of [...store].reverse()) {
    const size = (await promise.catch(() => null))?.size ?? 0;
    if ((total += size) > MAX_STORE_BYTES && total > size) store.delete(address);
  }
}
