// The state of a pad as its table of fields declares it: a z of each run, the value on the film's axis, and the start of the path.

import { UserFacingError } from "../../core/errors.js";

const WALK_START = "from";

/** Return the names [zs, film position or undefined, walk start or undefined] of a table's fields. */
function fieldNames({ fields }) {
  const names = (kind) => fields.filter((field) => field.kind === kind).map(({ name }) => name);
  return [names("vector").filter((name) => name !== WALK_START), names("float")[0], names("vector").find((name) => name === WALK_START)];
}

/** Return the values that the table declares of a pad's state { zs, film_position, walk_start }. */
export function toValues(table, { zs, film_position, walk_start }) {
  const [codeNames, filmName, startName] = fieldNames(table);
  if (zs?.length !== codeNames.length) throw new UserFacingError(`The state of this figure is invalid: it needs ${codeNames.length} z, not ${zs?.length ?? 0}.`);
  return { ...Object.fromEntries(codeNames.map((name, i) => [name, zs[i]])), ...(filmName && { [filmName]: film_position }), ...(startName && { [startName]: walk_start?.some(Boolean) ? walk_start : null }) };
}

/** Return { zs, film_position, walk_start } of values, with those of another state where there is none. */
export function fromValues(table, values, state) {
  const [codeNames, filmName, startName] = fieldNames(table);
  return { zs: codeNames.map((name, i) => values[name] ?? state.zs[i]), film_position: values[filmName] ?? state.film_position ?? null, walk_start: values[startName] ?? state.walk_start ?? null };
}
