// Mounted without a face: hands over what the server sends. Blocks and letters travel in elements of their own,
// for a changed field resends all of its element.

export default function ({ data }) {
  if (data instanceof Uint8Array) hub.arrived.push(data);
  else hub.letters.set(data[0].to, data[0]);
  hub.dispatchEvent(new Event("delivery"));
}
