// Random numbers.

/** Return a generator of uniform numbers in [0, 1), the same for the same seed: mulberry32 (T. Ettinger, 2017, public domain).
 * @param {number} seed @returns {() => number} */
export function seedUniform(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Return standard normal numbers, by the method of Box and Muller (1958).
 * @param {number} length @param {() => number} [uniform] of numbers in [0, 1) */
export function sampleNormal(length, uniform = Math.random) {
  return Array.from({ length }, () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()));
}
