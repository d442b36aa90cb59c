// Keeps a ring over a Plotly chart at data coordinates, through zooming, resizing and redrawing.
// The map from data to pixels is Plotly's own but internal (_fullLayout); a browser test holds it.

export default function ({ data, parentElement }) {
  const state = (parentElement.mapCursor ??= { ring: document.createElement("div") });
  const { ring } = state;
  ring.className = "map-cursor";
  ring.setAttribute("aria-hidden", "true");

  const place = () => {
    const plot = document.querySelector(`.st-key-${data.container} .js-plotly-plot`);
    const axes = plot?._fullLayout;
    if (!axes?.xaxis?.d2p) return;
    const frame = plot.querySelector(".svg-container");
    if (ring.parentElement !== frame) {
      frame.append(ring);
      plot.on("plotly_afterplot", () => state.place());
      plot.on("plotly_relayouting", () => state.place());
    }
    const { xaxis, yaxis } = axes;
    const x = xaxis.d2p(data.x), y = yaxis.d2p(data.y);
    ring.hidden = x < 0 || y < 0 || x > xaxis._length || y > yaxis._length;
    ring.style.left = `${xaxis._offset + x}px`;
    ring.style.top = `${yaxis._offset + y}px`;
  };

  state.place = place;
  place();
  state.timer ??= setInterval(() => state.place(), 250); // the chart may come, or be mounted anew, at any time

  return () => {
    clearInterval(state.timer);
    ring.remove();
    delete parentElement.mapCursor;
  };
}
