// A slider for each latent dimension: the highest rate first (of an AE the largest spread), the others folded away.

const IN_VIEW = 4;
const RESET = ["Home", "Delete", "Backspace", "0"];

export class Sliders {
  /** about: the map's; origin [D]; on.value(index), on.move(index, value), on.done() */
  constructor({ dimensions, has_prior, rates_at }, origin, on) {
    this.ratesAt = rates_at;
    this.unit = has_prior ? " σ" : "";
    const speaks = (d) => (has_prior ? d.rate : d.sd), most = Math.max(...dimensions.map(speaks));
    this.rows = dimensions.map((d) => this.row(d, origin[d.index], on, most > 0 ? speaks(d) / most : 0));
    const rows = this.rows.map(({ face }) => face);
    const quieter = rows.slice(IN_VIEW), dimensionsOf = `dimension${quieter.length > 1 ? "s" : ""}`;
    this.face = element("div.sliders", {}, ...rows.slice(0, IN_VIEW), quieter.length === 0 ? null :
      element("details", { ontoggle: () => this.show(this.z, true) }, element("summary", {}, has_prior ? `${quieter.length} low-rate ${dimensionsOf}` : `${quieter.length} ${dimensionsOf} of smaller spread`), element("div.quieter", {}, ...quieter)));
    this.folded = this.face.querySelector("details");
  }

  row(d, origin, on, share) {
    const name = `z${subscript(d.index)}`, { unit } = this;
    const says = d.collapsed ? "inactive" : unit ? `${number(d.rate, 2)} nats${this.ratesAt}` : `spread ±${number(d.sd, 2)}`;
    const input = element("input", { type: "range", min: d.low, max: d.high, step: 0.01, "data-testid": `z-${d.index}`,
      "aria-label": `${name}, ${says}`, title: "Double-click, Home or Delete: reset" });
    const value = element("output");
    const move = (v) => on.move(d.index, v);
    input.oninput = () => move(Number(input.value));
    input.onchange = on.done;
    input.ondblclick = () => { move(origin); on.done(); };
    let keyed = false;
    input.onkeydown = (event) => {
      const step = arrow(event);
      if (event.ctrlKey || event.metaKey || event.altKey || !(step || RESET.includes(event.key))) return;
      event.preventDefault();
      event.stopPropagation();
      keyed = true;
      move(step ? stepped(on.value(d.index), (step[0] + step[1]) * d.step, d) : origin);
    };
    input.onkeyup = input.onblur = () => { if (keyed) on.done(); keyed = false; };
    const bar = element("i.bar", { "aria-hidden": "true" });
    bar.style.width = `${100 * share}%`;
    const face = element(`div.row${d.collapsed ? ".collapsed" : ""}`, {},
      element("b", {}, name), input, value,
      element("span.low", {}, number(d.low, 1) + unit), element("span.says", {}, element("span.rate", {}, bar), says), element("span.high", {}, number(d.high, 1) + unit));
    const row = { index: d.index, face, input, value, z: null };
    return row;
  }

  /** Folded sliders are only brought up to date once they are seen. */
  show(z, all = false) {
    this.z = z;
    this.rows.forEach((row, i) => {
      const v = z[row.index];
      const shown = row.z === v && !all;
      row.z = v;
      if (shown || (i >= IN_VIEW && !this.folded.open)) return;
      row.input.value = v;
      row.value.textContent = number(v, 2);
      row.input.setAttribute("aria-valuetext", number(v, 2) + this.unit);
    });
  }
}

/** v and a step, within the range; a v that is beyond it already stays, and is not led back against the arrow. */
function stepped(v, step, { low, high }) {
  return step > 0 ? Math.max(v, Math.min(v + step, high)) : Math.min(v, Math.max(v + step, low));
}
