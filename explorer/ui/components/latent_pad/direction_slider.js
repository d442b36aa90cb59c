// A direction in latent space as a slider, which moves any z along it.

const FARTHEST = 3; // times its length, either way

export class Direction {
  /** on.move(z), on.done() */
  constructor(on) {
    this.input = element("input", { type: "range", min: -FARTHEST, max: FARTHEST, step: 0.01, "data-testid": "direction" });
    this.value = element("output");
    this.name = element("b");
    this.face = element("div.direction", { hidden: true }, this.name, this.input, this.value);
    this.input.oninput = () => this.go(Number(this.input.value), on);
    this.input.onchange = on.done;
    this.input.ondblclick = () => { this.go(0, on); on.done(); };
  }

  /** given: { name, vector [D] }, or null for none. */
  set(given) {
    Object.assign(this, { vector: given?.vector, base: null });
    this.face.hidden = !given;
    this.name.textContent = given?.name ?? "";
    if (given) this.input.setAttribute("aria-label", `Along ${given.name}, in units of the difference of the two means`);
  }

  go(t, on) {
    this.moved = this.base.map((v, i) => v + t * this.vector[i]);
    on.move(this.moved);
  }

  /** z that came here in another way is a new beginning. */
  show(z) {
    if (!this.vector) return;
    if (!this.base || (z !== this.moved && z.some((v, i) => v !== this.moved?.[i]))) [this.base, this.moved, this.input.value] = [z, z, 0];
    const t = Number(this.input.value);
    this.value.textContent = (t > 0 ? "+" : "") + number(t, 2);
    this.input.setAttribute("aria-valuetext", this.value.textContent);
  }
}
