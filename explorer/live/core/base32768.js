// Bytes as text of 15 bits a character (explorer/export/site/files.py): in UTF-16, a fifth shorter than base64.

const FIRST_CHARACTER = 0x3400; // of 32,768 in a row

/** Return the bytes of a text, the first `size` of them.
 * @param {string} text @param {number} size */
export function decodeBase32768(text, size) {
  const bytes = new Uint8Array(size);
  for (let i = 0, k = 0, bits = 0, count = 0; k < size; i++) {
    bits = (bits << 15) | (text.charCodeAt(i) - FIRST_CHARACTER);
    for (count += 15; count >= 8 && k < size; count -= 8) bytes[k++] = bits >> (count - 8);
    bits &= (1 << count) - 1;
  }
  return bytes;
}
