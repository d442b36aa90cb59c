// Images as PNG files (Portable Network Graphics Specification, third edition), exact where a canvas may not be read.

import { crc32, encodeText, joinBytes } from "./files.js";

const SIGNATURE = [137, 80, 78, 71, 13, 10, 26, 10];
const COLOUR_TYPES = [0, 0, 0, 2]; // by the number of channels: grey, or RGB

/** Return a promise of the bytes of an image, of 8 bits a channel.
 * @param {Float32Array} pixels [C, H, W] in [0, 1], of 1 or 3 channels @param {number[]} shape */
export async function encodePng(pixels, [channels, height, width]) {
  const rows = new Uint8Array(height * (1 + width * channels)); // each begins with its filter, 0
  for (let y = 0, i = 0; y < height; y++) {
    i++;
    for (let x = 0; x < width; x++) for (let c = 0; c < channels; c++) rows[i++] = Math.round(255 * pixels[(c * height + y) * width + x]);
  }
  const header = joinBytes([toBigEndian(width), toBigEndian(height), Uint8Array.of(8, COLOUR_TYPES[channels], 0, 0, 0)]);
  return joinBytes([Uint8Array.from(SIGNATURE), encodeChunk("IHDR", header), encodeChunk("IDAT", await deflate(rows)), encodeChunk("IEND", new Uint8Array())]);
}

/** @param {Uint8Array<ArrayBuffer>} bytes */
async function deflate(bytes) {
  return new Uint8Array(await new Response(new Blob([bytes]).stream().pipeThrough(new CompressionStream("deflate"))).arrayBuffer());
}

/** @param {string} type @param {Uint8Array} content */
function encodeChunk(type, content) {
  const body = joinBytes([encodeText(type), content]);
  return joinBytes([toBigEndian(content.length), body, toBigEndian(crc32(body))]);
}

/** @param {number} value */
const toBigEndian = (value) => Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value);
