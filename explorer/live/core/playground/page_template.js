// A page that is one HTML file (explorer/live/page.py), made from a template without a model.

import { encodeBase64 } from "../base64.js";

/** What stands in the template for texts (explorer/export/playground/page_template.py). */
const MARKS = { title: /%TITLE%/g, notes: /<p>%NOTES%<\/p>/, citation: /%CITATION%/ };
const TAG = "script"; // a script in a page ends where its text has this end tag
const FIGURE = /(<script type="application\/json" id="figure">).*?(<\/script>)/;
const SCRIPT = /(?=<script type="module">)/;

/** @typedef {{ title: string, notes: string[], citation: string, figure: Record<string, any>, blocks: Uint8Array[] }} PageParts */

/** Return the HTML of a page. figure: what its host opens (figure_elements() of explorer/live/page.py), in which the name of a block is
 * "block-" and its place among the blocks.
 * @param {string} template @param {PageParts} parts */
export function fillTemplate(template, { title, notes, citation, figure, blocks }) {
  const elements = blocks.map((block, i) => `<${TAG} type="application/octet-stream" id="block-${i}" data-encoding="none">${encodeBase64(block)}</${TAG}>\n`);
  /** @type {[RegExp, (...groups: string[]) => string][]} */
  const changes = [
    [MARKS.title, () => escapeText(title)],
    [MARKS.notes, () => notes.map((note) => `<p>${escapeText(note)}</p>`).join("\n")],
    [MARKS.citation, () => escapeText(citation)],
    [FIGURE, (_, start, end) => start + JSON.stringify(figure).replaceAll("<", "\\u003c") + end],
    [SCRIPT, () => elements.join("")],
  ];
  return changes.reduce((page, [pattern, write]) => page.replace(pattern, write), template);
}

/** @param {string} text */
const escapeText = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
