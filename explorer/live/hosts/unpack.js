// Blocks that were packed.

import { parseBlock } from "../core/block.js";
import { gunzip } from "./gunzip.js";

/** Return a promise of the block of the gzip of its bytes. */
export async function unpackGzip(bytes) {
  return parseBlock(new Uint8Array(await (await gunzip(bytes)).arrayBuffer()));
}
