// Starts the script of a page's figure, which is packed: from a host that sends files as they are, it arrives in a third of the time.

import { decodeBase32768 } from "../../core/base32768.js";
import { gunzip } from "../gunzip.js";

/** Run the script with this gzip; packed scripts call it. */
globalThis.startScript = async (size, text) => {
  try {
    const source = await (await gunzip(decodeBase32768(text, size))).text(), script = document.createElement("script");
    script.src = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
    document.head.append(script);
  } catch (error) {
    document.querySelector("#root > p").textContent = error.message;
  }
};
