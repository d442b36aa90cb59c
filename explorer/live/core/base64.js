// Bytes as text.

/** Return the bytes of a text in base64.
 * @param {string} text */
export function decodeBase64(text) {
  return Uint8Array.from(atob(text.trim()), (char) => char.charCodeAt(0));
}
