// Where a pad's parts stand: of one run, or of two beside each other.

const named = { role: "group", "aria-label": "Latent pad", "data-testid": "latent-pad" };

/** How far z lies off the plane of a map of more than two dimensions. */
function offPlane({ about, offPlane }, onto) {
  return about.latent_dim > 2 ? element("p.off", {}, offPlane, " ", element("button", { onclick: onto, title: "Remove the part of z that the map does not show" }, "Project onto the map")) : null;
}

/** The map with its cursor, and the image beside it, as one captioned picture. */
function together({ about, canvas, picture, stage, map, z }, film) {
  const made = element("canvas", { width: canvas.width + canvas.height, height: canvas.height }), ctx = made.getContext("2d");
  ctx.fillStyle = themeOf(stage).page;
  ctx.fillRect(0, 0, made.width, made.height);
  ctx.drawImage(canvas, 0, 0);
  ctx.save();
  ctx.scale(map.ratio, map.ratio);
  ctx.beginPath();
  ctx.arc(...map.view.toPixels(map.plane.place(z)), 8, 0, 2 * Math.PI);
  outlined(ctx, 3);
  ctx.restore();
  ctx.imageSmoothingEnabled = false;
  ctx.drawImage(picture.canvas, canvas.width, 0, canvas.height, (canvas.height * picture.canvas.height) / picture.canvas.width);
  const at = film ? `, at ${film.title} = ${film.value.textContent}` : "";
  return captioned(made, `${about.label} ${about.model}, ${about.latent_dim}-D${at}. The image is decoded from ${inWords(z)}.`, themeOf(stage), map.ratio);
}

/** parts: { sides, originals, legend, film, draw, reset, onto(side), sliders, direction, said } */
export function single({ sides: [side], originals, legend, film, draw, reset, onto, sliders, direction, said }) {
  return element("div.pad", named,
    element("div.pictures", {}, side.picture.face, originals.face),
    element("div.chart", {}, legend, side.stage, offPlane(side, () => onto(side)), film && film.face, side.about.readouts.length ? side.readouts.face : null),
    element("div.controls", {}, element("div.buttons", {}, draw, reset, saveButton("latent map", "Save the map and the image as one captioned picture", () => together(side, film))), sliders.face, direction.face),
    said);
}

/** parts: those of single, and { walk, samples } */
export function pair({ sides, originals, legend, film, draw, reset, onto, sliders, walk, samples, said }) {
  const served = sides.filter(({ network }) => !network), live = served.length < sides.length;
  if (film) film.face.classList.add(`under-${film.side.index}`);
  return element("div.pad.pair", named,
    element("div.top", {}, legend, element("div.buttons", {}, draw, reset)),
    element("div.sides", {}, ...sides.map((side) => element("section.side", { "aria-label": side.about.model },
      element("h3", {}, side.about.model), side.readouts.face, side.stage, side.picture.face, offPlane(side, () => onto(side)))), film && film.face),
    element("div.below", {}, live ? walk.face : null, originals.face),
    live ? samples.face : null,
    served.length ? element("p.off", {}, `The ${served.map(({ about }) => about.model).join(" and the ")} ${served.length > 1 ? "decode" : "decodes"} on the server. Paths and samples need a decoder that runs in the browser.`) : null,
    element("details.more", {}, element("summary", {}, `Sliders for the z of the ${sides.at(-1).about.model}`), sliders.face),
    said);
}
