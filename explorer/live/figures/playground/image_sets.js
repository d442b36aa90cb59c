// The images that a playground learns from: of a block, or made in the browser.

import { makeToyImages } from "../../core/playground/toy_images.js";

/** Return what trains: { images, labels: uint8 [n, pixels], [n], the first nTrain of them to train on, shape, classes, name,
 * dataset, id, isUploaded: of images of a block }. */
export function readImageSet(block) {
  const { metadata: { image_shape: shape, n_train: nTrain, class_names: names, class_colours: colours, label: name, dataset } } = block, { images, labels } = block.tensors();
  return { id: block.id, images: images.data, labels: labels.data, nTrain, shape, name, dataset, isUploaded: dataset.startsWith("own:"), classes: names.map((className, number) => ({ name: className, colour: colours[number], number })) };
}

/** Return a set that the browser computes (core/playground/toy_images.js). */
export function makeToySet(name, { colours }) {
  const { classNames, ...images } = makeToyImages(name);
  return { ...images, name: `the ${name}`, dataset: `own:toy-${name}`, classes: classNames.map((className, number) => ({ name: className, colour: colours[`class ${number}`], number })) };
}

/** Return the message that hands a set to a session. */
export function toSessionImages({ images, nTrain, shape }) {
  const pixels = shape.reduce((a, b) => a * b), split = nTrain * pixels, toUnits = (values) => Float32Array.from(values, (value) => value / 255);
  return { type: "images", pixels, nTrain, train: toUnits(images.subarray(0, split)), test: toUnits(images.subarray(split)) };
}

/** Return the classes that the test images have, with their labels among these [n]: a map has no others. */
export function readTestClasses({ labels, nTrain, classes }) {
  const present = [...new Set(labels.subarray(nTrain))].sort((a, b) => a - b);
  return { classes: present.map((label) => classes[label]), labels: Uint16Array.from(labels.subarray(nTrain), (label) => present.indexOf(label)) };
}
