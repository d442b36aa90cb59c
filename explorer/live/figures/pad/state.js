// The state of a pad as its table of fields declares it: a z of each run, the value on the film's axis, the class that is decoded, and
// the path: its start, and the images at its ends.

const WALK_START = "from";
const WALK_IMAGES = ["from_image", "to_image"];

export class PadState {
  /** table: the StateTable of the pad. */
  constructor({ fields }) {
    const names = (kind) => fields.filter((field) => field.kind === kind).map(({ name }) => name), vectors = names("vector");
    this.codeNames = vectors.filter((name) => name !== WALK_START);
    [this.filmName] = names("float");
    [this.className] = names("int").filter((name) => !WALK_IMAGES.includes(name));
    this.walkImageNames = names("int").filter((name) => WALK_IMAGES.includes(name));
    this.walkImageCount = (fields.find(({ name }) => name === WALK_IMAGES[0])?.high ?? -1) + 1;
    this.startName = vectors.find((name) => name === WALK_START);
  }

  /** Return the values of what an image depends on: zs, the value on the film's axis, and the number of the class. */
  imageValues(zs, filmValue, label) {
    const codes = Object.fromEntries(this.codeNames.map((name, i) => [name, zs[i]]));
    return { ...codes, ...(this.filmName && { [this.filmName]: filmValue }), ...(this.className && { [this.className]: label }) };
  }

  /** Return the values of the whole state. walk: { start, rows }, see WalkStrip.show. */
  toValues(zs, filmValue, label, { start, rows }) {
    const images = Object.fromEntries(this.walkImageNames.map((name) => [name, rows[WALK_IMAGES.indexOf(name)]]));
    return { ...this.imageValues(zs, filmValue, label), ...(this.startName && { [this.startName]: start, ...images }) };
  }

  /** Return { zs, filmValue, label, walk } of values; undefined for what they lack. */
  fromValues(values) {
    const walk = { start: values[this.startName] ?? [0, 0], rows: WALK_IMAGES.map((name) => values[name] ?? null) };
    return { zs: this.codeNames.map((name) => values[name]), filmValue: values[this.filmName], label: values[this.className], walk };
  }
}
