// A figure in a page of a site without a server. Its blocks are scripts beside it, which a page that is opened from disk can load
// too, where it can neither fetch nor import; each is loaded when the page needs it.

import { decodeBase32768 } from "../../core/base32768.js";
import { UserFacingError } from "../../core/errors.js";
import { createElement } from "../../view/dom.js";
import { openPage } from "../page/page.js";
import { unpackGzip } from "../unpack.js";

const arrivals = new Map(); // the name of a block -> what takes the bytes of its gzip

/** Take the block of a script that has been loaded; scripts of blocks call it. */
globalThis.registerBlock = (name, size, text) => {
  arrivals.get(name)(decodeBase32768(text, size));
  arrivals.delete(name);
};

const loads = new Map(); // the address of a block -> the promise of it

/** Return a promise of the block in the script at an address, which is loaded once. */
function loadOnce(address) {
  if (!loads.has(address)) loads.set(address, loadScript(address));
  return loads.get(address);
}

async function loadScript(address) {
  const bytes = await new Promise((resolve, reject) => {
    arrivals.set(address.match(/([^/]+)\.js$/)[1], resolve);
    const script = createElement("script", { src: address });
    script.onerror = () => reject(new UserFacingError("Some data of this page can't be loaded. Check that all files of the site are there, and reload the page."));
    document.head.append(script);
  });
  return unpackGzip(bytes);
}

/** Open the figure of the page; called by the page's script. Back may show a page again whose loads were cancelled when it was left. */
export function openSitePage(FigureClass) {
  addEventListener("pageshow", ({ persisted }) => persisted && arrivals.size && location.reload());
  openPage(FigureClass, loadOnce);
}
