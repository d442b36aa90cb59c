// Number fields of a page. Browsers drop a comma, so that "0,5" would become 5. In fields that accept fractions, a comma becomes a
// decimal point. In fields for whole numbers, input with a comma or a point is rejected, and the field keeps its value.

const WHOLE_NUMBER_MESSAGE = "Enter a whole number, without a comma or a point.";
const AMBIGUOUS_NUMBER_MESSAGE = "Enter a number with one decimal point and without thousands separators.";

const isNumberField = (field) => field instanceof HTMLInputElement && field.type === "number";
const acceptsFractions = (field) => !Number.isInteger(Number(field.step));

let valueOnFocus = "";
let isRejected = false; // a field that has rejected input accepts no more until something is deleted or the focus changes

function onFocusIn({ target }) {
  if (isNumberField(target)) [valueOnFocus, isRejected] = [target.value, false];
}

function onFocusOut({ target }) {
  if (isNumberField(target)) target.setCustomValidity("");
}

/** Set the value of a field as if it were typed, so that React notices. */
function typeValue(field, value) {
  Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set.call(field, value);
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

function rejectInput(field, message) {
  isRejected = true;
  typeValue(field, valueOnFocus);
  field.setCustomValidity(message);
  field.reportValidity();
}

function onBeforeInput(event) {
  const { target: field, data } = event;
  if (!isNumberField(field)) return;
  if (isRejected && data !== null) return event.preventDefault();
  isRejected = false; // something was deleted
  if (!data || !/[.,]/.test(data)) return field.setCustomValidity("");
  if (!acceptsFractions(field)) {
    event.preventDefault();
    return rejectInput(field, WHOLE_NUMBER_MESSAGE);
  }
  if (data.match(/[.,]/g).length > 1) {
    event.preventDefault();
    return rejectInput(field, AMBIGUOUS_NUMBER_MESSAGE);
  }
  if (!data.includes(",")) return;
  event.preventDefault();
  document.execCommand("insertText", false, data.trim().replace(",", "."));
}

/** Add the listeners, once for a browser tab. */
export default function () {
  if (globalThis.numberFields) return;
  globalThis.numberFields = true;
  document.addEventListener("focusin", onFocusIn, true);
  document.addEventListener("focusout", onFocusOut, true);
  document.addEventListener("beforeinput", onBeforeInput, true);
}
