// Replaces the address by which a page was entered with the complete one, without a step in the browser's history.

const STREAMLITS = ["embed", "embed_options"]; // parameters that stay

/** data: { page, asked: the parameters [name, value] of the address that is replaced, said: the parameters instead, as text }, or null. */
export default function ({ data: [data] }) {
  const parameters = [...new URLSearchParams(location.search)], kept = parameters.filter(([name]) => STREAMLITS.includes(name));
  const same = (a, b) => JSON.stringify([...a].sort()) === JSON.stringify([...b].sort());
  if (!data || location.pathname.split("/").at(-1) !== data.page || !same(parameters.filter((each) => !kept.includes(each)), data.asked)) return;
  const said = [data.said, new URLSearchParams(kept).toString()].filter(Boolean).join("&");
  history.replaceState(history.state, "", `${location.pathname}?${said}`);
}
