// An invisible component that puts what the server sends into the store. Each block and each pad state travels in a
// component of its own, because Streamlit sends all data of a component again when one field changes.

import { store } from "./store.js";

export default function ({ data }) {
  if (data instanceof Uint8Array) store.receivedBytes.push(data);
  else store.padStates.set(data[0].pad_key, data[0]);
  store.dispatchEvent(new Event("received"));
}
