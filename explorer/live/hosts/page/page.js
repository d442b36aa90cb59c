// A figure in one HTML file, without a server: its blocks lie in the page, and its state in the hash of the address.

import { parseBlock } from "../../core/block.js";
import { UserFacingError } from "../../core/errors.js";
import { StateTable } from "../../core/state.js";
import { Pad } from "../../figures/pad/pad.js";
import { fromValues, toValues } from "../../figures/pad/state.js";
import { Replay } from "../../figures/replay.js";
import { createElement } from "../../view/dom.js";

const LATER = Number.MAX_SAFE_INTEGER; // the number of a message that is newer than all of a pad

/** Return the block of an element of the page: base64 of bytes, or of their gzip. */
async function readBlock(id) {
  const { textContent, dataset } = document.getElementById(id), bytes = Uint8Array.from(atob(textContent.trim()), (char) => char.charCodeAt(0));
  if (dataset.encoding !== "gzip") return parseBlock(bytes);
  if (!globalThis.DecompressionStream) throw new UserFacingError("This browser can't unpack the data of this page. Open it in a newer one.");
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return parseBlock(new Uint8Array(await new Response(stream).arrayBuffer()));
}

/** Replace each id of an element in a plan, nested or not, by its block. */
async function readBlocks(plan) {
  if (typeof plan === "string") return readBlock(plan);
  if (Array.isArray(plan)) return Promise.all(plan.map(readBlocks));
  if (!plan) return null;
  return Object.fromEntries(await Promise.all(Object.entries(plan).map(async ([name, part]) => [name, await readBlocks(part)])));
}

/** Return the code of a point, from the codes float32 [frames, points, D] at the film's present position. */
function codeOf(row, { shape: [, pointCount, dimensions], data }, { frame, fraction }) {
  const codeAt = (i) => data.subarray((i * pointCount + row) * dimensions, (i * pointCount + row + 1) * dimensions);
  const next = fraction ? codeAt(frame + 1) : codeAt(frame);
  return Array.from(codeAt(frame), (v, k) => v + fraction * (next[k] - v));
}

async function openFigure(root, note) {
  const { kind, fields, state: initialState, blocks: plan } = JSON.parse(document.getElementById("figure").textContent);
  const table = new StateTable(fields), blocks = await readBlocks(plan), isReplay = kind === "replay";
  const toTable = (state) => (isReplay ? { [fields[0].name]: state.film_position } : toValues(table, state));
  let figure = null, state = { row: null, ...initialState }, writtenHash = null;

  const apply = (newState) => {
    table.check(toTable(newState));
    state = newState;
    figure.applyServerState(state);
  };
  const readHash = () => {
    const { values, invalidNames } = table.readHash(location.hash);
    note.textContent = invalidNames.length ? `Part of this address is invalid: its ${invalidNames.join(", its ")}.` : "";
    if (!Object.keys(values).length) return { ...state, last_message: LATER };
    const moved = isReplay ? { film_position: values[fields[0].name] } : { ...fromValues(table, values, state), row: null };
    return { ...state, ...moved, last_message: LATER };
  };
  const send = (type, { number, zs, row, side, film_position, walk_start }) => {
    if (type !== "commit") return;
    const codes = row === null || isReplay ? null : blocks.sides[side].codes;
    if (codes) zs = zs.map((z, i) => (i === side ? codeOf(row, codes.tensors().codes, figure.sides[side].map.film) : z));
    state = { ...state, zs, row: codes ? row : null, film_position, walk_start, last_message: number };
    queueMicrotask(() => figure.applyServerState(state)); // once the pad knows the message's number
    location.hash = writtenHash = `#${table.writeHash(toTable(state))}`;
  };
  const showError = (error) => showFault(root, error);

  figure = isReplay ? new Replay(root, blocks, send, showError) : new Pad(root, blocks, send, showError);
  apply(readHash());
  addEventListener("hashchange", () => {
    if (location.hash === writtenHash) return;
    try {
      apply(readHash());
    } catch (error) {
      showError(error);
    }
  });
  if (!blocks.images) return;
  const { metadata, tensors } = blocks.images;
  figure.originals.setSheet(await createImageBitmap(new Blob([tensors().sheet.data])), metadata);
}

function showFault(root, error) {
  console.warn(error);
  const sentence = error instanceof UserFacingError ? error.message : `This figure can't be shown in this browser (${error.message}).`;
  root.replaceChildren(createElement("p.fault", { role: "alert" }, sentence));
}

/** Open the figure of the page; called by the page itself. */
export function openPage() {
  const root = document.getElementById("root");
  openFigure(root, document.getElementById("note")).catch((error) => showFault(root, error));
}
