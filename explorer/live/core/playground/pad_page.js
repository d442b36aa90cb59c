// The pad of a model that a browser has trained, as one HTML file.

import { fillTemplate } from "./page_template.js";
import { encodeCodes, encodeDecoder, encodeImages, encodeMap } from "./pad_blocks.js";

/** @typedef {import("./run_files.js").Measured} Measured */
/** @typedef {import("./run_files.js").ImageSet & { name: string, isUploaded?: boolean }} ImageSet */
/** @typedef {Pick<import("./pad_blocks.js").TestSet, "labels" | "classes">} TestClasses */

/** Return a promise of the HTML. template: the block of explorer/export/playground/page_template.py; testClasses: of the test images; note:
 * how the model was trained. Uploaded images are left out, as from other web pages.
 * @param {{ template: import("../block.js").Block, set: ImageSet, testClasses: TestClasses, measured: Measured, note: string }} content */
export async function writePadPage({ template, set, testClasses, measured, note }) {
  const { metadata } = template, { settings, mu } = measured, D = settings.latent_dim, kind = metadata.models[settings.model], hasImages = !set.isUploaded;
  const pixels = set.shape.reduce((a, b) => a * b), map = encodeMap({ ...testClasses, shape: set.shape, name: set.name }, measured, kind.map);
  const blocks = [map, encodeDecoder(measured, metadata.image_layers[settings.likelihood])];
  if (hasImages) blocks.push(encodeCodes(measured), await encodeImages(set.images.subarray(set.nTrain * pixels), set.shape));
  const nameOf = (/** @type {number} */ i) => (i < blocks.length ? `block-${i}` : null);
  const html = new TextDecoder().decode(/** @type {Uint8Array} */ (template.tensors().html.data));
  return fillTemplate(html, {
    title: `${set.name[0].toUpperCase()}${set.name.slice(1)} · ${kind.label} · ${D}-D`,
    notes: writeNotes(metadata, kind, set, measured, note),
    citation: writeCitation(metadata.references, set, measured),
    figure: {
      fields: metadata.fields[D],
      state: { values: { z: Array.from(mu.subarray(0, D)) }, row: hasImages ? 0 : null },
      blocks: { sides: [{ map: nameOf(0), decoder: nameOf(1), codes: nameOf(2) }] },
      later: { images: nameOf(3) },
      options: { is_named: false },
      palette: {},
    },
    blocks,
  });
}

/** @param {Record<string, any>} words @param {{ article: string, label: string }} kind @param {ImageSet} set @param {Measured} measured @param {string} note */
function writeNotes({ version, alone, no_images: noImages, licence, credits, gaps }, { article, label }, set, { settings, test }, note) {
  const { n, distortion, rate, elbo } = test, figures = [`distortion ${formatNats(distortion)}`, ...(elbo === null ? [] : [`rate ${formatNats(rate)}`, `ELBO ${formatNats(elbo)}`])];
  const hasEffect = (/** @type {string} */ name) => (settings.model === "vae" || !name.startsWith("beta")) && (settings.likelihood === "gaussian" || name !== "sigma");
  const own = Object.entries(settings).filter(([name]) => hasEffect(name)).map(([name, value]) => `${name.replaceAll("_", " ")} ${value}`);
  return [
    `A map of the ${settings.latent_dim}-D latent space of ${article} ${label}, with the codes of ${n.toLocaleString("en")} test images of ${set.name}.${alone}${set.isUploaded ? noImages : ""}`,
    ...(settings.latent_dim > 2 ? [] : [gaps]),
    `Mean over ${n.toLocaleString("en")} test images, in nats per image: ${figures.join(", ")}.`,
    `Made in the playground of Latent Space Explorer ${version}. ${note} Settings: ${own.join(", ")}.`,
    [licence, credits[set.dataset]].filter(Boolean).join(" "),
  ];
}

/** Return the BibTeX that bibtex() of explorer/runs/citation.py chooses.
 * @param {Record<string, any>} references @param {ImageSet} set @param {Measured} measured */
function writeCitation({ app, kl_weight: klWeight, models, likelihoods, datasets }, { dataset }, { settings: { model, beta, likelihood } }) {
  const entries = [app, models[model], model === "vae" && beta !== 1 ? klWeight : "", likelihoods[likelihood], datasets[dataset.split(":")[0]]];
  return [...new Set(entries.filter(Boolean))].join("\n\n");
}

/** @param {number} value */
const formatNats = (value) => value.toFixed(1).replace("-", "−");
