// A state as a table of typed fields, which Python declares (explorer/query.py): the same texts are read and written here and there.

import { UserFacingError } from "./errors.js";

/** @typedef {{ name: string, kind: string, default: any, low?: number | null, high?: number | null, step?: number, options?: string[], label?: string,
 *   max_length?: number, unit?: string, scale?: string, n?: number, bound?: number, max_rows?: number }} Field */
/** @typedef {Record<string, any>} State */

const LIMIT_SLACK = 1e-9; // that a number may be beyond its limits, of the larger one
const DIGITS = "\\d+(?:_\\d+)*";
const INTEGER = new RegExp(`^[+-]?${DIGITS}$`);
const NUMBER = new RegExp(`^[+-]?(?:${DIGITS}\\.?(?:${DIGITS})?|\\.${DIGITS})(?:e[+-]?${DIGITS})?$`, "i");

/** Return the number that a text says as Python reads it, or NaN.
 * @param {string} text @param {RegExp} pattern */
function parseNumber(text, pattern = NUMBER) {
  const trimmed = text.trim();
  return pattern.test(trimmed) ? Number(trimmed.replaceAll("_", "")) : NaN;
}

/** Return a number as Python's repr() does.
 * @param {number} value */
function formatFloat(value) {
  const [digits, exponent] = value.toExponential().split("e"), power = Number(exponent);
  if (value && (power < -4 || power >= 16)) return formatExponent(digits, power);
  const text = power < 0 ? value.toFixed(digits.replace(/[-.]/g, "").length - 1 - power) : String(value);
  return (Object.is(value, -0) ? "-0" : text) + (Number.isInteger(value) ? ".0" : "");
}

/** Return a number with six significant digits, as Python's format ".6g" does.
 * @param {number} value */
function formatSixDigits(value) {
  if (value === 0) return Object.is(value, -0) ? "-0" : "0";
  const [whole, exact] = [value.toExponential(5), value.toExponential(60)], [exactDigits, exactPower] = exact.split("e");
  const isTie = /^-?\d\.\d{5}50*$/.test(exactDigits), isEven = Number(exactDigits.at(exactDigits.indexOf(".") + 5)) % 2 === 0;
  const [digits, exponent] = isTie && isEven ? [exactDigits.slice(0, exactDigits.indexOf(".") + 6), exactPower] : whole.split("e"), power = Number(exponent);
  const withoutZeros = digits.replace(/\.?0+$/, "");
  if (power < -4 || power >= 6) return formatExponent(withoutZeros, power);
  const fixed = Number(`${digits}e${exponent}`).toFixed(5 - power);
  return fixed.includes(".") ? fixed.replace(/\.?0+$/, "") : fixed;
}

/** @param {string} digits @param {number} power */
const formatExponent = (digits, power) => `${digits}e${power < 0 ? "-" : "+"}${String(Math.abs(power)).padStart(2, "0")}`;

export class StateTable {
  /** @param {Field[]} fields */
  constructor(fields) {
    this.fields = fields;
  }

  /** Return the value of a field that a text says. Throw a UserFacingError if it is invalid.
   * @param {Field} field @param {string} text */
  parse(field, text) {
    const { kind } = field, parts = text.split(",");
    if (kind === "bool") return text.toLowerCase() === "true";
    if (kind === "str") return field.options?.length ? this.checkValue(field, text) : [...text].slice(0, field.max_length).join("");
    if (kind === "vector") return this.checkValue(field, parts.map((part) => parseNumber(part)));
    if (kind === "rows") return this.checkValue(field, parts.map((part) => parseNumber(part, INTEGER)));
    return this.checkValue(field, parseNumber(text, kind === "int" ? INTEGER : NUMBER));
  }

  /** Return the text of a value.
   * @param {Field} field @param {any} value @returns {string} */
  format(field, value) {
    if (field.kind === "vector") return value.map(formatSixDigits).join(",");
    if (field.kind === "rows") return value.slice(0, field.max_rows).join(",");
    if (field.kind === "float") return formatFloat(value);
    return field.kind === "bool" ? (value ? "True" : "False") : String(value);
  }

  /** Return a value as the field's. Throw a UserFacingError if it is none.
   * @param {Field} field @param {any} value */
  checkValue(field, value) {
    const { kind, n = 0, bound = 0, low, high, options } = field, isList = Array.isArray(value);
    const slack = kind === "float" ? LIMIT_SLACK * Math.max(Math.abs(low ?? 0), Math.abs(high ?? 0)) : 0;
    const isWithin = low == null || high == null || (low - slack <= value && value <= high + slack);
    const isValid = kind === "vector" ? isList && value.length === n && value.every((/** @type {any} */ v) => typeof v === "number" && Math.abs(v) < bound)
      : kind === "rows" ? isList && value.every((/** @type {any} */ v) => Number.isInteger(v) && v >= 0 && v < n)
      : kind === "str" ? typeof value === "string" && (!options?.length || options.includes(value))
      : kind === "bool" ? typeof value === "boolean"
      : Number.isFinite(value) && isWithin && (kind !== "int" || Number.isInteger(value));
    if (!isValid) throw new UserFacingError(`The state of this figure is invalid: its ${field.label ?? field.name} can't be ${String(JSON.stringify(value)).slice(0, 60)}.`);
    return kind === "rows" ? [...new Set(value)].sort((a, b) => a - b) : value;
  }

  /** Return the values of a state that the table declares; null stands for a value that is not set. Throw a UserFacingError if one is invalid.
   * @param {State} state @returns {State} */
  check(state) {
    return Object.fromEntries(this.fields.filter(({ name }) => state[name] != null).map((field) => [field.name, this.checkValue(field, state[field.name])]));
  }

  /** Return { values, invalidNames } of the hash or query of an address; what is not in the table is ignored.
   * @param {string} hash */
  readHash(hash) {
    const texts = new URLSearchParams(hash.replace(/^[#?]/, ""));
    /** @type {State} */
    const values = {};
    /** @type {string[]} */
    const invalidNames = [];
    for (const field of this.fields) {
      const text = texts.get(field.name);
      if (text === null) continue;
      try {
        values[field.name] = this.parse(field, text);
      } catch {
        invalidNames.push(field.label ?? field.name);
      }
    }
    return { values, invalidNames };
  }

  /** Return the hash of a state, without "#". Defaults and empty values are left out.
   * @param {State} state */
  writeHash(state) {
    const isLeftOut = (/** @type {Field} */ field, /** @type {any} */ value) => value == null || JSON.stringify(value) === JSON.stringify(field.default) || (Array.isArray(value) && !value.length);
    return this.fields.filter((field) => !isLeftOut(field, state[field.name]))
      .map((field) => `${field.name}=${encodeURIComponent(this.format(field, state[field.name])).replaceAll("%2C", ",")}`).join("&");
  }
}
