// Numbers as text.

/** Return a number as text with a true minus sign.
 * @param {number} value @param {number} [digits] */
export const formatNumber = (value, digits) => (digits === undefined ? String(value) : value.toFixed(digits)).replace("-", "\u2212");

/** Return a number with so many significant digits at most.
 * @param {number} value @param {number} digits */
export const formatRounded = (value, digits) => String(Number(value.toPrecision(digits)));

/** Return an integer in subscript digits.
 * @param {number} i */
export const subscript = (i) => String(i).replace(/\d/g, (digit) => "₀₁₂₃₄₅₆₇₈₉"[Number(digit)]);

/** Return an integer in superscript digits.
 * @param {number} i */
export const superscript = (i) => String(i).replace(/[-\d]/g, (digit) => (digit === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(digit)]));

/** Return z in words.
 * @param {number[]} z */
export const describeCode = (z) => (z.length <= 3 ? `z = (${z.map((v) => formatNumber(v, 2)).join(", ")})` : `the ${z.length} numbers of z`);
