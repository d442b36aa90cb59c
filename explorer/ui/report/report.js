// Show the HTML of a report, which explorer/export/report writes, with all text of others escaped.

/** data: [the HTML]. */
export default function ({ data: [html], parentElement }) {
  parentElement.querySelector(".live-root").innerHTML = html;
}
