// What this browser remembers of lessons: whether the first answer to a question was right, and which tasks were solved.

/** Return the browser's storage, or null where the page may not use it. */
function findStorage() {
  try {
    return globalThis.localStorage;
  } catch {
    return null;
  }
}

const answerKey = (name) => `answered ${name}`;
const solvedKey = (name) => `solved ${name}`;

/** Return { answer: "right", "wrong" or "", isSolved } of a lesson. */
export function readProgress(name) {
  const storage = findStorage(), answer = storage?.getItem(answerKey(name)) ?? "";
  return { answer: ["right", "wrong"].includes(answer) ? answer : "", isSolved: storage?.getItem(solvedKey(name)) === "yes" };
}

/** Remember the first answer to the question of a lesson; later ones change nothing. A lesson without a name leaves no trace. */
export function rememberAnswer(name, isRight) {
  if (name && !readProgress(name).answer) remember(answerKey(name), isRight ? "right" : "wrong");
}

/** Remember that the task of a lesson was solved. */
export function rememberSolved(name) {
  if (name) remember(solvedKey(name), "yes");
}

function remember(key, text) {
  try {
    findStorage()?.setItem(key, text);
  } catch {
    // a full storage, or one that may only be read: what is remembered ends with the visit
  }
}
