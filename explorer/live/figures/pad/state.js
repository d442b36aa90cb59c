// The state of a pad as its table of fields declares it: a z of each run, the value on the film's axis, the class that is decoded, and
// the start of the path.

const WALK_START = "from";

export class PadState {
  /** table: the StateTable of the pad. */
  constructor({ fields }) {
    const names = (kind) => fields.filter((field) => field.kind === kind).map(({ name }) => name), vectors = names("vector");
    this.codeNames = vectors.filter((name) => name !== WALK_START);
    [this.filmName] = names("float");
    [this.className] = names("int");
    this.startName = vectors.find((name) => name === WALK_START);
  }

  /** Return the values of what an image depends on: zs, the value on the film's axis, and the number of the class. */
  imageValues(zs, filmValue, label) {
    const codes = Object.fromEntries(this.codeNames.map((name, i) => [name, zs[i]]));
    return { ...codes, ...(this.filmName && { [this.filmName]: filmValue }), ...(this.className && { [this.className]: label }) };
  }

  /** Return the values of the whole state. */
  toValues(zs, filmValue, label, walkStart) {
    return { ...this.imageValues(zs, filmValue, label), ...(this.startName && { [this.startName]: walkStart }) };
  }

  /** Return { zs, filmValue, label, walkStart } of values; undefined for what they lack. */
  fromValues(values) {
    return { zs: this.codeNames.map((name) => values[name]), filmValue: values[this.filmName], label: values[this.className], walkStart: values[this.startName] };
  }
}
