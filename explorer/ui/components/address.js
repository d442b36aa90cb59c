// Replace the address at which a page was opened by the complete one, without adding a step to the browser's history.

const KEPT_PARAMETERS = ["embed", "embed_options", "lecture"]; // Streamlit's own, and the mode of the visit

/** data: { page, oldQuery: the parameters [name, value] of the address that is replaced, newQuery: a query string }, or null. */
export default function ({ data: [data] }) {
  const parameters = [...new URLSearchParams(location.search)], keptParameters = parameters.filter(([name]) => KEPT_PARAMETERS.includes(name));
  const haveSameParameters = (a, b) => JSON.stringify([...a].sort()) === JSON.stringify([...b].sort());
  if (!data || location.pathname.split("/").at(-1) !== data.page || !haveSameParameters(parameters.filter((parameter) => !keptParameters.includes(parameter)), data.oldQuery)) return;
  const query = [data.newQuery, new URLSearchParams(keptParameters).toString()].filter(Boolean).join("&");
  history.replaceState(history.state, "", location.pathname + (query && `?${query}`));
}
