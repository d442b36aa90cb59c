// What a student hands in, as a code without a signature, which explorer/assignments/code.py reads and describes.

/** @typedef {{ answer: string, isSolved: boolean }} Result of a lesson; answer: "right", "wrong" or "" */

const START = "LSE1-";
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"; // of base32 (RFC 4648)
const ANSWERS = ["", "wrong", "right"];
const SOLVED_BIT = 4;
const FIRST_DAY_MS = Date.UTC(2020, 0, 1);
const DAY_MS = 86_400_000;
const MAX_DAYS = 2 ** 16 - 1;
const POLYNOMIAL = 0xedb88320; // of CRC-32
export const MAX_NAME_LENGTH = 60;
export const MAX_ASSIGNMENT_LENGTH = 30;

/** Return the CRC-32 of bytes.
 * @param {Iterable<number>} bytes */
function crc32(bytes) {
  let crc = -1;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1;
  }
  return ~crc >>> 0;
}

/** Return bytes in base32, without padding.
 * @param {number[]} bytes */
function encodeBase32(bytes) {
  let bits = 0, count = 0, text = "";
  for (const byte of bytes) {
    bits = (bits << 8) | byte;
    for (count += 8; count >= 5; count -= 5) text += ALPHABET[(bits >>> (count - 5)) & 31];
    bits &= (1 << count) - 1;
  }
  return count ? text + ALPHABET[(bits << (5 - count)) & 31] : text;
}

/** Return the two bytes of a number.
 * @param {number} value */
const toTwoBytes = (value) => [value >>> 8, value & 255];

/** Return a text on one line as bytes, after their number.
 * @param {string} text @param {number} maxLength of characters */
function encodeText(text, maxLength) {
  const line = text.normalize("NFC").split(/\s+/).filter(Boolean).join(" ");
  const bytes = [...new TextEncoder().encode([...line].slice(0, maxLength).join(""))];
  return [bytes.length, ...bytes];
}

/** Return the code of a submission. time: of the day, in ms; results: by the names of lessons.
 * @param {{ name: string, assignment: string, time: number, results: Record<string, Result> }} submission */
export function encodeSubmission({ name, assignment, time, results }) {
  const known = Object.entries(results).filter(([, { answer, isSolved }]) => answer || isSolved);
  const days = Math.min(Math.max(Math.floor((time - FIRST_DAY_MS) / DAY_MS), 0), MAX_DAYS);
  const body = [
    ...encodeText(name, MAX_NAME_LENGTH), ...encodeText(assignment, MAX_ASSIGNMENT_LENGTH), ...toTwoBytes(days), known.length,
    ...known.flatMap(([lesson, { answer, isSolved }]) => [...toTwoBytes(crc32(new TextEncoder().encode(lesson)) & 0xffff), ANSWERS.indexOf(answer) | (isSolved ? SOLVED_BIT : 0)]),
    0, // not signed
  ];
  const frame = [...toTwoBytes(body.length), ...body], checksum = crc32(frame);
  const letters = encodeBase32([...frame, ...toTwoBytes(checksum >>> 16), ...toTwoBytes(checksum & 0xffff)]);
  return START + (letters.match(/.{1,8}/g) ?? []).join("-");
}
