// Unpacks gzip.

import { UserFacingError } from "../core/errors.js";

/** Return a promise of a Response with the unpacked content of gzip bytes. Throws a UserFacingError if the browser cannot unpack. */
export async function gunzip(bytes) {
  if (!globalThis.DecompressionStream) throw new UserFacingError("This browser can't unpack the data of this page. Open it in a newer one.");
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip")));
}
