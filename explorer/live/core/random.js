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

/** Fill the first `length` numbers of an array with standard normal ones, in pairs by the same method.
 * @param {Float32Array} target @param {number} length @param {() => number} uniform */
export function fillNormal(target, length, uniform) {
  for (let i = 0; i < length; i += 2) {
    const radius = Math.sqrt(-2 * Math.log(1 - uniform())), angle = 2 * Math.PI * uniform();
    target[i] = radius * Math.cos(angle);
    if (i + 1 < length) target[i + 1] = radius * Math.sin(angle);
  }
}

/** Return the seed of a generator that is one of many: a hash of whole numbers, mixed as in MurmurHash3 (A. Appleby, 2008, public domain).
 * @param {...number} parts */
export function combineSeeds(...parts) {
  let hash = 0;
  for (const part of parts) {
    hash = (hash ^ part) >>> 0;
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    hash = ((hash ^ (hash >>> 16)) + 0x9e3779b9) >>> 0;
  }
  return hash;
}
