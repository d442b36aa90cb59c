// The layout of a pad: of one run, or of two runs side by side.

import { nounOf } from "../../core/vector_picture.js";
import { createElement, readTheme } from "../../view/dom.js";
import { strokeOutlined } from "../../view/marks.js";
import { addCaption, createSaveButton } from "../../view/save_image.js";

const PAD_ATTRIBUTES = { role: "group", "aria-label": "Latent pad", "data-testid": "latent-pad" };

/** Return a note that says how far z is from the map's plane, or null if the latent space has at most two dimensions. */
function createOffPlaneNote({ metadata, offPlaneText }, onProject) {
  return metadata.latent_dim > 2 ? createElement("p.off", {}, offPlaneText, " ", createElement("button", { onclick: onProject, title: "Remove the part of z that the map does not show" }, "Project onto the map")) : null;
}

/** Return a canvas with the map, its cursor and the decoded image side by side. */
function drawSide({ canvas, decodedImage, mapContainer, map, visibleZ, z }) {
  const output = createElement("canvas", { width: canvas.width + canvas.height, height: canvas.height }), ctx = output.getContext("2d");
  ctx.fillStyle = readTheme(mapContainer).background;
  ctx.fillRect(0, 0, output.width, output.height);
  ctx.drawImage(canvas, 0, 0);
  ctx.save();
  ctx.scale(map.pixelRatio, map.pixelRatio);
  const position = map.plotArea.toPixels(map.plane.project(visibleZ ?? z));
  ctx.beginPath();
  if (map.plotArea.contains(position)) ctx.arc(...position, 8, 0, 2 * Math.PI);
  strokeOutlined(ctx, 3);
  ctx.restore();
  ctx.imageSmoothingEnabled = false;
  ctx.drawImage(decodedImage.canvas, canvas.width, 0, canvas.height, (canvas.height * decodedImage.canvas.height) / decodedImage.canvas.width);
  return output;
}

function describeFilm(filmControls) {
  return filmControls ? `, at ${filmControls.title} = ${filmControls.valueOutput.textContent}` : "";
}

/** Return a canvas with the map, its cursor and the decoded image side by side, above a caption. */
export function drawMapAndImage(side, filmControls) {
  const { metadata, mapContainer, map, description } = side;
  return addCaption(drawSide(side), `${metadata.description} ${metadata.model}, ${metadata.latent_dim}-D${describeFilm(filmControls)}. The ${nounOf(metadata.image_shape)} is decoded from ${description}.`, readTheme(mapContainer), map.pixelRatio);
}

/** Return a canvas with the map and the decoded image of each side, one below the other, above a short caption. */
export function drawSides(sides, filmControls) {
  const pictures = sides.map(drawSide), [{ map, mapContainer }] = sides;
  const output = createElement("canvas", { width: Math.max(...pictures.map(({ width }) => width)), height: pictures.reduce((sum, { height }) => sum + height, 0) }), ctx = output.getContext("2d");
  pictures.reduce((top, picture) => (ctx.drawImage(picture, 0, top), top + picture.height), 0);
  return addCaption(output, `${sides.map(({ metadata }) => `${metadata.model}, ${metadata.latent_dim}-D`).join("; ")}${describeFilm(filmControls)}`, readTheme(mapContainer), map.pixelRatio);
}

/** Return the element of a pad of one run, from the parts that Pad.createLayout collects. */
export function createSingleLayout({ sides: [side], originals, legend, filmControls, classChoice, sampleButton, resetButton, projectOntoMap, sliders, directionSlider, videoButton, announcement }) {
  return createElement("div.pad", PAD_ATTRIBUTES,
    createElement("div.pictures", {}, side.decodedImage.element, originals.element),
    createElement("div.chart", {}, legend, side.mapContainer, createOffPlaneNote(side, () => projectOntoMap(side)), filmControls && filmControls.element, side.metadata.readouts.length ? side.readouts.element : null),
    createElement("div.controls", {}, classChoice.element, createElement("div.buttons", {}, sampleButton, resetButton, createSaveButton("latent map", `Save the map and the ${nounOf(side.metadata.image_shape)} as one captioned picture`, () => drawMapAndImage(side, filmControls)), videoButton), sliders.element, directionSlider.element),
    announcement);
}

/** Return the element of a pad of two runs, from the parts that Pad.createLayout collects. */
export function createPairLayout({ sides, originals, legend, filmControls, classChoice, sampleButton, resetButton, projectOntoMap, sliders, path, samples, videoButton, announcement }) {
  const serverSides = sides.filter(({ network }) => !network), decodesInBrowser = serverSides.length < sides.length;
  if (filmControls) filmControls.element.classList.add(`under-${filmControls.side.index}`);
  return createElement("div.pad.pair", PAD_ATTRIBUTES,
    createElement("div.top", {}, legend, createElement("div.buttons", {}, sampleButton, resetButton, videoButton)),
    classChoice.element,
    createElement("div.sides", {}, ...sides.map((side) => createElement("section.side", { "aria-label": side.metadata.model },
      createElement("div.head", {}, createElement("h3", {}, side.metadata.model), side.readouts.element), side.mapContainer, side.decodedImage.element, createOffPlaneNote(side, () => projectOntoMap(side)))), filmControls && filmControls.element),
    createElement("div.below", {}, decodesInBrowser ? path.element : null, originals.element),
    decodesInBrowser ? samples.element : null,
    serverSides.length ? createElement("p.off", {}, `The ${serverSides.map(({ metadata }) => metadata.model).join(" and the ")} ${serverSides.length > 1 ? "decode" : "decodes"} on the server. Paths and samples need a decoder that runs in the browser.`) : null,
    createElement("details.more", {}, createElement("summary", {}, `Sliders for the z of the ${sides.at(-1).metadata.model}`), sliders.element),
    announcement);
}
