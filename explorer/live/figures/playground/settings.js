// The settings of the trainer, from the fields of a playground.

const SECOND = "_2"; // ends the names of the second model's fields
const RESTARTING = ["dataset", "seed", "latent_dim", "depth", "width", "compare"]; // and width_2, of a second model
const SHARED = ["latent_dim", "depth", "likelihood", "input_noise", "seed", "batch_size"];
const OF_A_MODEL = ["beta", "beta_warmup", "width"];

/** Return the settings of the trainer of each model. */
export function toTrainerSettings(values) {
  return (values.compare ? ["", SECOND] : [""]).map((end) => ({
    model: values[`model${end}`].toLowerCase(),
    learning_rate: values.lr,
    ...Object.fromEntries(SHARED.map((name) => [name, values[name]])),
    ...Object.fromEntries(OF_A_MODEL.map((name) => [name, values[name + end]])),
  }));
}

/** Return what is the same as long as a training goes on. drawingVersion: of the images that the visitor has drawn. */
export function restartKey(values, drawingVersion) {
  return JSON.stringify([...RESTARTING.map((name) => values[name]), values.compare && values[`width${SECOND}`], values.dataset === "drawings" && drawingVersion]);
}

/** Return the values of a preset: its settings, and the usual ones where it has none. */
export function presetValues(fields, { name, settings }) {
  const usual = fields.filter((field) => field.name !== "speed" && field.name !== "plane").map((field) => [field.name, field.default]);
  return { ...Object.fromEntries(usual), ...settings, preset: name };
}
