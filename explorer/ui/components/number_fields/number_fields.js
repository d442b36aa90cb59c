// The page's number fields: browsers drop a comma, so that "0,5" would be 5. Here it is a decimal point where fractions are taken. Where
// whole numbers are wanted, a number with a comma or a point is refused: the field keeps what it held.

const WHOLE = "Enter a whole number, without a comma or a point.";
const UNCLEAR = "Enter a number with one decimal point and without thousands separators.";

const isNumber = (field) => field instanceof HTMLInputElement && field.type === "number";
const takesFractions = (field) => !Number.isInteger(Number(field.step));

let before = ""; // what the focused field held
let refused = false; // it takes no more until it is left

function enter({ target }) {
  if (isNumber(target)) [before, refused] = [target.value, false];
}

function leave({ target }) {
  if (isNumber(target)) target.setCustomValidity("");
}

/** As if it were typed: React hears of it. */
function set(field, value) {
  Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set.call(field, value);
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

function refuse(field, says) {
  refused = true;
  set(field, before);
  field.setCustomValidity(says);
  field.reportValidity();
}

function check(event) {
  const { target: field, data } = event;
  if (!isNumber(field)) return;
  if (refused && data !== null) return event.preventDefault();
  refused = false; // something was deleted
  if (!data || !/[.,]/.test(data)) return field.setCustomValidity("");
  if (!takesFractions(field)) {
    event.preventDefault();
    return refuse(field, WHOLE);
  }
  if (data.match(/[.,]/g).length > 1) {
    event.preventDefault();
    return refuse(field, UNCLEAR);
  }
  if (!data.includes(",")) return;
  event.preventDefault();
  document.execCommand("insertText", false, data.trim().replace(",", "."));
}

/** Once for a browser's tab. */
export default function () {
  if (globalThis.numberFields) return;
  globalThis.numberFields = true;
  document.addEventListener("focusin", enter, true);
  document.addEventListener("focusout", leave, true);
  document.addEventListener("beforeinput", check, true);
}
