// Replace the address at which a page was opened by the complete one, without adding a step to the browser's history.

const STREAMLIT_PARAMETERS = ["embed", "embed_options"]; // Streamlit's own parameters are kept

/** data: { page, oldQuery: the parameters [name, value] of the address that is replaced, newQuery: a query string }, or null. */
export default function ({ data: [data] }) {
  const parameters = [...new URLSearchParams(location.search)], streamlitParameters = parameters.filter(([name]) => STREAMLIT_PARAMETERS.includes(name));
  const haveSameParameters = (a, b) => JSON.stringify([...a].sort()) === JSON.stringify([...b].sort());
  if (!data || location.pathname.split("/").at(-1) !== data.page || !haveSameParameters(parameters.filter((parameter) => !streamlitParameters.includes(parameter)), data.oldQuery)) return;
  const query = [data.newQuery, new URLSearchParams(streamlitParameters).toString()].filter(Boolean).join("&");
  history.replaceState(history.state, "", location.pathname + (query && `?${query}`));
}
