// A block is a safetensors file: 8 bytes with the length of the header, a JSON header, then the numbers. The entry "block"
// of the file's metadata is JSON with the block's id and its own metadata.

import { RELOAD_ADVICE, UserFacingError } from "./errors.js";

/** @typedef {{ shape: number[], data: Float32Array | Uint16Array | Uint8Array | Int8Array }} Tensor */
/** @typedef {Record<string, Tensor>} Tensors */
/** @typedef {{ id: string, metadata: any, size: number, tensors: () => Tensors }} Block */
/** @typedef {{ dtype: string, shape: number[], data_offsets: [number, number] }} TensorEntry */

/** @type {Record<string, typeof Float32Array | typeof Uint16Array | typeof Uint8Array | typeof Int8Array>} */
const ARRAY_TYPES = { F32: Float32Array, F16: Uint16Array, U16: Uint16Array, U8: Uint8Array, I8: Int8Array };
const SCALE_SUFFIX = ".scale"; // of the name of the tensor that the rows of another, of int8, are multiplied by

/** Return { id, metadata, size: in bytes, tensors(): { name: { shape, data } } }. Tensors are read on the first call; those of float16
 * become a Float32Array, and so do those of int8, whose rows are multiplied by their scales. Throw a UserFacingError if the bytes are damaged.
 * @param {Uint8Array} bytes @returns {Block} */
export function parseBlock(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let header, headerLength;
  try {
    headerLength = Number(view.getBigUint64(0, true));
    header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + headerLength)));
  } catch {
    throw new UserFacingError(`The data from the server have no readable header. ${RELOAD_ADVICE}`);
  }
  const { __metadata__: { block }, ...entries } = header;
  const metadata = JSON.parse(block);
  /** @type {Uint8Array | null} */
  let body = bytes.slice(8 + headerLength);
  /** @type {Tensors | null} */
  let tensors = null;
  const readTensors = () => {
    tensors = scaleRows(Object.fromEntries(Object.entries(entries).map(([name, entry]) => [name, readTensor(/** @type {Uint8Array} */ (body), name, entry)])));
    body = null;
    return tensors;
  };
  return { id: metadata.id, metadata, size: bytes.length, tensors: () => tensors ?? readTensors() };
}

/** @param {Uint8Array} body @param {string} name @param {TensorEntry} entry @returns {Tensor} */
function readTensor(body, name, { dtype, shape, data_offsets: [begin, end] }) {
  const ArrayType = ARRAY_TYPES[dtype];
  const count = shape.reduce((a, b) => a * b, 1);
  if (!ArrayType || end > body.length || end - begin !== count * ArrayType.BYTES_PER_ELEMENT)
    throw new UserFacingError(`The numbers of ${name} do not match their header. ${RELOAD_ADVICE}`);
  const rawNumbers = new ArrayType(body.slice(begin, end).buffer);
  const data = rawNumbers instanceof Uint16Array && dtype === "F16" ? fromFloat16(rawNumbers) : rawNumbers;
  if (data instanceof Float32Array && !data.every(Number.isFinite)) throw new UserFacingError(`${name} contains numbers that are not finite. ${RELOAD_ADVICE}`);
  return { shape, data };
}

/** Return tensors without the scales, by which the rows of those of int8 are multiplied.
 * @param {Tensors} tensors @returns {Tensors} */
function scaleRows(tensors) {
  return Object.fromEntries(Object.entries(tensors).filter(([name]) => !name.endsWith(SCALE_SUFFIX)).map(([name, { shape, data }]) => {
    if (!(data instanceof Int8Array)) return [name, { shape, data }];
    const length = shape[shape.length - 1], scale = tensors[name + SCALE_SUFFIX]?.data;
    if (scale?.length * length !== data.length) throw new UserFacingError(`The numbers of ${name} have no scale for each row. ${RELOAD_ADVICE}`);
    return [name, { shape, data: Float32Array.from(data, (value, i) => value * scale[Math.floor(i / length)]) }];
  }));
}

/** Return the numbers that bits of float16 stand for.
 * @param {Uint16Array} bits */
function fromFloat16(bits) {
  const values = float16Values(), numbers = new Float32Array(bits.length);
  for (let i = 0; i < bits.length; i++) numbers[i] = values[bits[i]];
  return numbers;
}

/** @type {Float32Array | undefined} */
let float16Table;

/** Return the values of all float16 numbers, indexed by their bits. */
function float16Values() {
  return (float16Table ??= Float32Array.from({ length: 65536 }, (_, bits) => {
    const sign = bits >> 15 ? -1 : 1, exponent = (bits >> 10) & 31, fraction = bits & 1023;
    if (exponent === 31) return fraction ? NaN : sign * Infinity;
    return sign * (exponent ? 2 ** (exponent - 15) * (1 + fraction / 1024) : (2 ** -14 * fraction) / 1024);
  }));
}
