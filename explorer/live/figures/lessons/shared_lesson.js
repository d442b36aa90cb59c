// A lesson whose figure the phones of a class follow. The lecturer's page reads what it shows with globalThis.readLesson(); the page of
// a phone sets globalThis.classLead = { hash, pointer }, and sends an event of this name.

const CLASS_LEAD_EVENT = "class-lead";

/** Let others read what a lesson shows, and show what a lecturer does. Return a function that stops both. */
export function shareLesson(figure) {
  const { table, options } = figure, defaults = Object.fromEntries(table.fields.map((field) => [field.name, field.default]));
  const read = () => ({ lesson: options.lesson.name, hash: table.writeHash(figure.values), pointer: figure.pointer });
  const show = () => {
    const { hash, pointer } = globalThis.classLead, { answer } = figure.values;
    figure.applyState({ values: { ...defaults, ...table.readHash(hash).values, answer } }, true);
    figure.plots.forEach(({ box }, i) => box.showPointer(pointer?.[0] === i ? pointer.slice(1) : null));
  };
  globalThis.readLesson = read;
  addEventListener(CLASS_LEAD_EVENT, show);
  return () => {
    removeEventListener(CLASS_LEAD_EVENT, show);
    if (globalThis.readLesson === read) globalThis.readLesson = null;
  };
}
