// Where Streamlit mounts the pad: it opens as soon as its blocks and its letter are here, and asks for what does not come.

const KEPT = 128 * 2 ** 20; // bytes of blocks, of several runs
const OVERDUE = 30_000; // ms until an announced block is asked for again

/** Keeps the blocks that have arrived, and lets the oldest go if there are too many. */
function unpack() {
  for (const bytes of hub.arrived.splice(0)) {
    const block = openBlock(bytes);
    hub.blocks.delete(block.id);
    hub.blocks.set(block.id, block);
  }
  let total = 0;
  for (const [id, { size }] of [...hub.blocks].reverse()) if ((total += size) > KEPT && total > size) hub.blocks.delete(id);
}

/** Which blocks are needed, which may come later, and what is made of them. */
function plan({ sides, classifier, images, replay }) {
  if (replay) return { wanted: Object.values(replay), make: (block) => [Replay, { map: block(replay.map), pictures: block(replay.pictures) }] };
  const made = (block) => ({ sides: sides.map(({ map, decoder }) => ({ map: block(map), decoder: block(decoder) })), classifier: block(classifier) });
  return { wanted: [...sides.flatMap(({ map, decoder }) => [map, decoder]), classifier].filter(Boolean), images, make: (block) => [Pad, made(block)] };
}

/**
 * data: the pad's key and its blocks' ids; earlier: a replay that these take further. Returns what closes the pad, and what
 * leaves it open for another to take further. Messages are Streamlit's state, not its triggers, of which a later one would drop
 * an earlier one of another kind that still waits.
 */
function openPad(root, data, say, earlier) {
  const { wanted, images = null, make } = plan(data), all = [...wanted, images].filter(Boolean);
  const asked = new Set();
  let pad = null, pictured = false;

  const block = (id) => {
    const found = hub.blocks.get(id) ?? null;
    if (hub.blocks.delete(id)) hub.blocks.set(id, found); // the latest used, and the last to go
    return found;
  };
  const ask = (ids) => {
    ids.forEach((id) => asked.add(id));
    if (ids.length) say("missing", { n: Date.now(), ids });
  };
  const leave = () => {
    clearTimeout(overdue);
    hub.removeEventListener("delivery", look);
    return pad ?? earlier;
  };
  const close = () => {
    leave()?.close();
    pad = null;
  };
  const fail = (error) => {
    close();
    console.warn(error);
    const says = error instanceof Fault ? error.message : `The latent pad can't be shown in this browser (${error.message}). ${REMEDY}`;
    root.replaceChildren(element("p.fault", { role: "alert" }, says));
  };
  const look = () => {
    try {
      unpack();
      const letter = hub.letters.get(data.key);
      if (!letter) return;
      ask(all.filter((id) => !hub.blocks.has(id) && !letter.sending.includes(id) && !asked.has(id)));
      if (!pad && wanted.every((id) => hub.blocks.has(id))) {
        const [Kind, blocks] = make(block);
        pad = earlier ? earlier.goOn(blocks) : new Kind(root, blocks, say, fail);
      }
      pad?.read(letter);
      if (!pad || pictured || !hub.blocks.has(images)) return;
      pictured = true;
      const { about, tensors } = block(images);
      createImageBitmap(new Blob([tensors().sheet.data])).then((sheet) => pad?.originals.setSheet(sheet, about), fail);
    } catch (error) {
      fail(error);
    }
  };

  const loading = element("p.loading", { role: "status" }, "Loading the map…");
  if (!root.firstChild) root.append(loading); // else what was there stays until the new is here
  hub.addEventListener("delivery", look);
  const overdue = setTimeout(() => {
    ask(all.filter((id) => !hub.blocks.has(id)));
    loading.textContent = "Still loading the map: the connection is slow, or the server is busy.";
  }, OVERDUE);
  look();
  return { close, leave };
}

const open = new WeakMap(); // root -> { key, opened }

export default function ({ data: [data], parentElement, setStateValue }) {
  let root = parentElement.querySelector(".pad-root");
  if (!root) parentElement.append((root = element("div.pad-root")));
  root.classList.toggle("compact", Boolean(data.compact));
  const key = JSON.stringify(data);
  if (open.get(root)?.key !== key) {
    const before = open.get(root)?.opened, earlier = data.replay && before ? before.leave() : before?.close();
    open.set(root, { key, opened: openPad(root, data, setStateValue, earlier) });
  }
  return () => {
    open.get(root)?.opened.close();
    open.delete(root);
  };
}
