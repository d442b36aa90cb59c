// Blocks that were packed.

import { parseBlock } from "../core/block.js";
import { UserFacingError } from "../core/errors.js";

/** Return a promise of the block of the gzip of its bytes. */
export async function unpackGzip(bytes) {
  if (!globalThis.DecompressionStream) throw new UserFacingError("This browser can't unpack the data of this page. Open it in a newer one.");
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return parseBlock(new Uint8Array(await new Response(stream).arrayBuffer()));
}
