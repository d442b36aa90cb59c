// The terms of a rate as parts of a bar.

import { findInterval } from "./interval.js";

/** @typedef {{ value: number | null, low: number, high: number }} Term: in nats; value: null where there are only bounds */
/** @typedef {{ rate: number, mutual_information: Term, total_correlation: Term, marginal_kl: Term }} Terms */

/** Return what is known of a term.
 * @param {Term} term */
const leastOf = ({ value, low }) => value ?? low;

/** Return the parts of a rate from below: what is known of each term, its value or its lower bound, and what may belong to any of them.
 * @param {Terms} terms */
export function stackTerms({ rate, mutual_information: information, total_correlation: correlation, marginal_kl: marginal }) {
  const parts = { information: leastOf(information), correlation: leastOf(correlation), marginal: leastOf(marginal) };
  return { ...parts, undetermined: Math.max(rate - parts.information - parts.correlation - parts.marginal, 0) };
}

/** Return the share of a rate that is information, or the least that it can be.
 * @param {Terms} terms */
export const informationShare = ({ rate, mutual_information: information }) => leastOf(information) / rate;

/** Return the position of a value between rising ones, as an index that may lie between two: in logarithms.
 * @param {number[]} values @param {number} value */
export function logIndex(values, value) {
  const [i, fraction] = findInterval(values.map(Math.log), Math.log(value));
  return i + fraction;
}
