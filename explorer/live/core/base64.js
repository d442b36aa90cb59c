// Bytes as text.

const CHUNK = 8192; // bytes that become arguments of a call

/** Return the bytes of a text in base64.
 * @param {string} text */
export function decodeBase64(text) {
  return Uint8Array.from(atob(text.trim()), (char) => char.charCodeAt(0));
}

/** Return bytes as a text in base64.
 * @param {Uint8Array} bytes */
export function encodeBase64(bytes) {
  const texts = Array.from({ length: Math.ceil(bytes.length / CHUNK) }, (_, i) => String.fromCharCode(...bytes.subarray(i * CHUNK, (i + 1) * CHUNK)));
  return btoa(texts.join(""));
}
