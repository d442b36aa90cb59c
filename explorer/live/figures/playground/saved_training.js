// The last training of a browser tab, which outlives a reload and the browser's restart. It lies in IndexedDB, one for all pages of an
// address; a token in the tab's own storage says whose it is. Where a browser allows no storage, nothing is saved.

const DATABASE = "latent-space-explorer";
const STORE = "playground";
const RECORD_KEY = "last training";
const TOKEN_KEY = "playground training"; // of the tab

/** Return a promise of the result of a request to IndexedDB. */
const resultOf = (request) => new Promise((resolve, reject) => Object.assign(request, { onsuccess: () => resolve(request.result), onerror: () => reject(request.error) }));

/** Return a promise of the database, or of null where there is none. */
async function openDatabase() {
  try {
    const request = indexedDB.open(DATABASE);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    return await resultOf(request);
  } catch {
    return null;
  }
}

/** Return a promise of the result of a request f(store), or of null where it is refused. */
async function requestOf(database, mode, f) {
  try {
    return await resultOf(f(database.transaction(STORE, mode).objectStore(STORE)));
  } catch {
    return null;
  }
}

/** Return what f() does with the tab's storage, or null where it is forbidden. */
function useTabStorage(f) {
  try {
    return f(sessionStorage);
  } catch {
    return null;
  }
}

export class SavedTraining {
  constructor() {
    this.token = useTabStorage((storage) => storage.getItem(TOKEN_KEY));
    this.database = openDatabase();
  }

  /** Return a promise of what this tab wrote last, or of null. */
  async read() {
    const { token } = this, database = await this.database;
    if (!database || !token) return null;
    const record = await requestOf(database, "readonly", (store) => store.get(RECORD_KEY));
    return record?.token === token ? record : null;
  }

  /** Write a record of numbers, texts and typed arrays in place of the last one. */
  async write(record) {
    this.token ??= `${Date.now()} ${Math.random()}`;
    const { token } = this, content = structuredClone({ ...record, token }), database = await this.database;
    if (!database || token !== this.token) return; // it was forgotten
    useTabStorage((storage) => storage.setItem(TOKEN_KEY, token));
    await requestOf(database, "readwrite", (store) => store.put(content, RECORD_KEY));
  }

  /** Let nothing of what was written come back. */
  forget() {
    this.token = null;
    useTabStorage((storage) => storage.removeItem(TOKEN_KEY));
  }

  close() {
    this.database.then((database) => database?.close());
  }
}
