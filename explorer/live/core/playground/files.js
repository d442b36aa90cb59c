// Files as bytes: safetensors, zip without compression, and their checksums. A page that is opened from disk has no crypto.subtle.

const SPACE = 32; // which fills a header
const FIRST_DATE = 33; // 1 January 1980, of every file, so that equal runs are equal zip files

/** @typedef {{ shape: number[], data: Float32Array | Uint16Array | Uint8Array | BigInt64Array }} FileTensor */

/** @param {string} text */
export const encodeText = (text) => new TextEncoder().encode(text);

/** @param {Uint8Array[]} parts */
export function joinBytes(parts) {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  parts.reduce((at, part) => (bytes.set(part, at), at + part.length), 0);
  return bytes;
}

/** Return the bytes of a block, which parseBlock() of core/block.js reads.
 * @param {string} id @param {Record<string, any>} metadata @param {Record<string, FileTensor>} tensors */
export const encodeBlock = (id, metadata, tensors) => encodeSafetensors(tensors, { block: JSON.stringify({ id, ...metadata }) });

/** Return a safetensors file. Every tensor begins at a multiple of 8 bytes if the largest types come first.
 * @param {Record<string, FileTensor>} tensors @param {Record<string, string>} [metadata] */
export function encodeSafetensors(tensors, metadata) {
  const entries = Object.entries(tensors).sort(([a, x], [b, y]) => y.data.BYTES_PER_ELEMENT - x.data.BYTES_PER_ELEMENT || (a < b ? -1 : 1));
  /** @type {Record<string, any>} */
  const header = metadata ? { __metadata__: metadata } : {};
  let at = 0;
  for (const [name, { shape, data }] of entries) {
    const dtype = data instanceof Float32Array ? "F32" : data instanceof BigInt64Array ? "I64" : data instanceof Uint16Array ? "U16" : "U8";
    header[name] = { dtype, shape, data_offsets: [at, (at += data.byteLength)] };
  }
  const text = encodeText(JSON.stringify(header)), padded = new Uint8Array(Math.ceil(text.length / 8) * 8).fill(SPACE), length = new Uint8Array(8);
  padded.set(text);
  new DataView(length.buffer).setBigUint64(0, BigInt(padded.length), true);
  return joinBytes([length, padded, ...entries.map(([, { data }]) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength))]);
}

/** Return a zip file of stored files, by their paths (ZIP File Format Specification 6.3, without dates).
 * @param {Record<string, Uint8Array>} files */
export function encodeZip(files) {
  /** @type {Uint8Array[]} */
  const bodies = [];
  /** @type {Uint8Array[]} */
  const entries = [];
  let at = 0;
  for (const [path, content] of Object.entries(files)) {
    const name = encodeText(path), { length } = content;
    const description = [20, 0, 0, 0, FIRST_DATE, [crc32(content)], [length], [length], name.length, 0];
    const body = joinBytes([packNumbers([[0x04034b50], ...description]), name, content]);
    bodies.push(body);
    entries.push(joinBytes([packNumbers([[0x02014b50], 20, ...description, 0, 0, 0, [0], [at]]), name]));
    at += body.length;
  }
  const directory = joinBytes(entries);
  return joinBytes([...bodies, directory, packNumbers([[0x06054b50], 0, 0, entries.length, entries.length, [directory.length], [at], 0])]);
}

/** Return numbers as bytes, the lowest first: of 16 bits, or [of 32].
 * @param {(number | number[])[]} numbers */
function packNumbers(numbers) {
  return Uint8Array.from(numbers.flatMap((number) => {
    const [value, size] = Array.isArray(number) ? [number[0], 4] : [number, 2];
    return Array.from({ length: size }, (_, i) => (value >>> (8 * i)) & 255);
  }));
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  return value;
});

/** @param {Uint8Array} bytes */
export function crc32(bytes) {
  let value = ~0;
  for (const byte of bytes) value = CRC_TABLE[(value ^ byte) & 255] ^ (value >>> 8);
  return ~value >>> 0;
}
