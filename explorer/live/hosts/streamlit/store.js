// The data that the server has sent to this browser tab: blocks by id, and the latest state of each pad by its key.
// The store is a property of the window because it must outlive reruns, page switches and every component.

export const store = (globalThis.latentPadStore ??= Object.assign(new EventTarget(), { receivedBytes: [], blocks: new Map(), padStates: new Map() }));
