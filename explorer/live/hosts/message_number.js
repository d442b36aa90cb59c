// Numbers of the messages of this browser tab.

let lastNumber = 0;

/** Return a number that is larger than all before, also than those before a reload. */
export function nextNumber() {
  return (lastNumber = Math.max(lastNumber + 1, Date.now()));
}
