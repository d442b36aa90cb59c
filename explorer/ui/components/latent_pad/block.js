// A block is a safetensors file: 8 bytes of header length, a JSON header, then the numbers. Its metadata's
// "block" entry is JSON of our own, with the block's id.

/** What its message says in one sentence is for the reader. */
export class Fault extends Error {}

const ARRAYS = { F32: Float32Array, F16: Uint16Array, U16: Uint16Array, U8: Uint8Array };
const REMEDY = "Reload the page; if that does not help, train the run again.";

/** bytes -> { id, about, size, tensors(): { name: { shape, data } } }, of which float16 comes as Float32Array. */
export function openBlock(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let header, length;
  try {
    length = Number(view.getBigUint64(0, true));
    header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
  } catch {
    throw new Fault(`The data from the server have no readable header. ${REMEDY}`);
  }
  const { __metadata__: { block }, ...entries } = header;
  const about = JSON.parse(block);
  let body = bytes.slice(8 + length), tensors;
  const read = () => {
    tensors = Object.fromEntries(Object.entries(entries).map(([name, entry]) => [name, tensor(body, name, entry)]));
    body = null;
    return tensors;
  };
  return { id: about.id, about, size: bytes.length, tensors: () => tensors ?? read() };
}

function tensor(body, name, { dtype, shape, data_offsets: [begin, end] }) {
  const Kind = ARRAYS[dtype];
  const n = shape.reduce((a, b) => a * b, 1);
  if (!Kind || end > body.length || end - begin !== n * Kind.BYTES_PER_ELEMENT)
    throw new Fault(`The numbers of ${name} do not match their header. ${REMEDY}`);
  const raw = new Kind(body.buffer.slice(begin, end));
  const data = dtype === "F16" ? Float32Array.from(raw, (half) => halves()[half]) : raw;
  if (data instanceof Float32Array && !data.every(Number.isFinite)) throw new Fault(`${name} contains numbers that are not finite. ${REMEDY}`);
  return { shape, data };
}

let table;

/** The value of every float16, by its bits. */
function halves() {
  return (table ??= Float32Array.from({ length: 65536 }, (_, bits) => {
    const sign = bits >> 15 ? -1 : 1, exponent = (bits >> 10) & 31, fraction = bits & 1023;
    if (exponent === 31) return fraction ? NaN : sign * Infinity;
    return sign * (exponent ? 2 ** (exponent - 15) * (1 + fraction / 1024) : (2 ** -14 * fraction) / 1024);
  }));
}
