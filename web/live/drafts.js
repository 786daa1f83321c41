/**
 * What a reader typed, kept in this browser by page and cell.
 *
 * A browser may refuse storage (private windows, full disks): then drafts last
 * as long as the page, and `kept` says so.
 */
export class Drafts {
  /**
   * @param {string} page the page's notebook, such as "book/prologue/machine.ipynb"
   * @param {Storage | undefined} [storage]
   */
  constructor(page, storage = browserStorage()) {
    this.key = `mfdl-drafts:${page}`;
    this.storage = storage;
    this.kept = Boolean(storage);
    /** @type {Record<string, string>} source by cell */
    this.cells = read(storage, this.key);
  }

  get count() {
    return Object.keys(this.cells).length;
  }

  /** The draft of a cell, or undefined. @param {string} cell */
  get(cell) {
    return Object.hasOwn(this.cells, cell) ? this.cells[cell] : undefined;
  }

  /**
   * Keep a source, or forget it where it is the book's own again.
   * @param {string} cell @param {string} source @param {string} original
   */
  set(cell, source, original) {
    if (this.kept) this.cells = read(this.storage, this.key); // another tab may have written
    if (source === original) delete this.cells[cell];
    else this.cells[cell] = source;
    this.#write();
  }

  clear() {
    this.cells = {};
    this.#write();
  }

  #write() {
    try {
      if (this.count) this.storage?.setItem(this.key, JSON.stringify(this.cells));
      else this.storage?.removeItem(this.key);
    } catch {
      this.kept = false;
    }
  }
}

/** The browser's storage, where it is allowed. */
function browserStorage() {
  try {
    return globalThis.localStorage;
  } catch {
    return undefined;
  }
}

/**
 * Stored drafts; damaged ones count as none.
 * @param {Storage | undefined} storage @param {string} key
 * @returns {Record<string, string>}
 */
function read(storage, key) {
  try {
    const stored = JSON.parse(storage?.getItem(key) ?? "{}");
    return Object.fromEntries(
      Object.entries(stored).filter(([, source]) => typeof source === "string"),
    );
  } catch {
    return {};
  }
}
