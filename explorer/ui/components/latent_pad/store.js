// What this browser tab holds: blocks by id, kept through reruns and page switches, and the latest letter to each pad.
// It outlives every component, so it hangs on the window.

export const hub = (globalThis.latentPadHub ??= Object.assign(new EventTarget(), { arrived: [], blocks: new Map(), letters: new Map() }));
