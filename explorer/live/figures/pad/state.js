// The state of a pad as its table of fields declares it: a z of each run, the value on the film's axis, and the start of the path.

const WALK_START = "from";

export class PadState {
  /** table: the StateTable of the pad. */
  constructor({ fields }) {
    const names = (kind) => fields.filter((field) => field.kind === kind).map(({ name }) => name), vectors = names("vector");
    this.codeNames = vectors.filter((name) => name !== WALK_START);
    [this.filmName] = names("float");
    this.startName = vectors.find((name) => name === WALK_START);
  }

  /** Return the values of what an image depends on: zs and the value on the film's axis. */
  imageValues(zs, filmValue) {
    return { ...Object.fromEntries(this.codeNames.map((name, i) => [name, zs[i]])), ...(this.filmName && { [this.filmName]: filmValue }) };
  }

  /** Return the values of the whole state. */
  toValues(zs, filmValue, walkStart) {
    return { ...this.imageValues(zs, filmValue), ...(this.startName && { [this.startName]: walkStart }) };
  }

  /** Return { zs, filmValue, walkStart } of values; undefined for what they lack. */
  fromValues(values) {
    return { zs: this.codeNames.map((name) => values[name]), filmValue: values[this.filmName], walkStart: values[this.startName] };
  }
}
