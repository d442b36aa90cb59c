// What was packed as gzip.

import { UserFacingError } from "../core/errors.js";

/** Return a promise of the response with the content of a gzip. */
export async function gunzip(bytes) {
  if (!globalThis.DecompressionStream) throw new UserFacingError("This browser can't unpack the data of this page. Open it in a newer one.");
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip")));
}
