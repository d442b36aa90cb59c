// What Streamlit sends over its websocket: it loads the script of a component, and its styles, from the app's routes.
// The frontend's own script lies at static/js/ below the app's address, whose path only the browser knows, behind a proxy.

const frontend = document.querySelector('script[src*="static/js/"]')?.src ?? new URL("static/js/_.js", document.baseURI).href;
const address = new URL("../../ADDRESS", frontend).href; // Python puts in what follows

let figure = null;
for (const suffix of ["", "?again"]) {
  try {
    figure ??= await import(address + suffix);
  } catch (error) {
    console.warn(error);
  }
}

export default function (component) {
  const root = component.parentElement;
  if (!figure) {
    const sentence = document.createElement("p");
    Object.assign(sentence, { role: "alert", textContent: "This figure can't be shown, because its script was not received. Reload the page." });
    return root.replaceChildren(sentence);
  }
  if (!root.querySelector(":scope > style")) root.prepend(Object.assign(document.createElement("style"), { textContent: figure.styles }));
  return figure.default(component);
}
