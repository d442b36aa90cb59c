// Random numbers.

/** Return standard normal numbers, by the method of Box and Muller (1958).
 * @param {number} length */
export function sampleNormal(length) {
  return Array.from({ length }, () => Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random()));
}
