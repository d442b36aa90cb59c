// Starts the packed script of a page's figure, which has a third of the size for a host that does not compress.

import { decodeBase32768 } from "../../core/base32768.js";
import { gunzip } from "../gunzip.js";

/** Unpack a script and run it; packed scripts call it. size: of its gzip in bytes; text: the gzip in base 32768. */
globalThis.startScript = async (size, text) => {
  try {
    const source = await (await gunzip(decodeBase32768(text, size))).text(), script = document.createElement("script");
    script.src = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
    document.head.append(script);
  } catch (error) {
    document.querySelector("#root > p").textContent = error.message;
  }
};
