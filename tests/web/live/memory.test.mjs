import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { canKeep, forget, keep, recall } from "../../../web/live/memory.js";

const MEMORY = Uint8Array.from({ length: 100 }, (_, k) => k + 1);

/** A browser's own folders, of which one holds so many bytes as a test says. */
class FakeFolder {
  entries = new Map();
  async getDirectoryHandle(name, { create } = {}) {
    return this.#entry(name, create && new FakeFolder());
  }
  async getFileHandle(name, { create } = {}) {
    return this.#entry(name, create && new FakeFile());
  }
  async removeEntry(name) {
    if (this.entries.get(name)?.inUse()) throw new Error("in use");
    this.entries.delete(name);
  }
  inUse() {
    return [...this.entries.values()].some((file) => file.taken);
  }
  #entry(name, fresh) {
    if (!this.entries.has(name) && fresh) this.entries.set(name, fresh);
    if (!this.entries.has(name)) throw new Error("not found");
    return this.entries.get(name);
  }
}

class FakeFile {
  static room;
  bytes = new Uint8Array();
  taken = false;
  async createSyncAccessHandle() {
    if (this.taken) throw new Error("another page has it");
    this.taken = true;
    return this;
  }
  async getSize() {
    return this.bytes.length;
  }
  truncate(size) {
    this.bytes = this.bytes.slice(0, size);
  }
  read(into, { at }) {
    const read = this.bytes.subarray(at, at + into.length);
    into.set(read);
    return read.length;
  }
  write(from, { at }) {
    const end = Math.min(at + from.length, FakeFile.room);
    const bytes = new Uint8Array(Math.max(end, this.bytes.length));
    bytes.set(this.bytes);
    bytes.set(from.subarray(0, end - at), at);
    this.bytes = bytes;
    return end - at;
  }
  flush() {}
  close() {
    this.taken = false;
  }
}

let root;

async function kept() {
  const folder = await root.getDirectoryHandle("mfdl-python");
  return [...folder.entries.values()];
}

function browser(storage, userAgent = "Browser/1.0 (X11)") {
  const value = { storage, userAgent };
  Object.defineProperty(globalThis, "navigator", { value, configurable: true });
}

beforeEach(() => {
  root = new FakeFolder();
  FakeFile.room = Infinity;
  browser({ getDirectory: async () => root });
});

test("what was kept is recalled, by its name only", async () => {
  assert.ok(await canKeep());
  assert.equal(await recall("a"), undefined);
  await keep("a", MEMORY);
  assert.deepEqual(await recall("a"), MEMORY);
  assert.equal(await recall("b"), undefined);
});

test("a new version takes the place of the old", async () => {
  await keep("a", MEMORY);
  await keep("b", MEMORY);
  assert.equal((await kept()).length, 1);
  assert.deepEqual(await recall("b"), MEMORY);
});

test("one that was cut off counts as none", async () => {
  await keep("a", MEMORY);
  (await kept())[0].bytes.fill(0, 0, 16);
  assert.equal(await recall("a"), undefined);
});

test("another browser, as after an update, does not know it", async () => {
  await keep("a", MEMORY);
  browser({ getDirectory: async () => root }, "Browser/2.0 (X11)");
  assert.equal(await recall("a"), undefined);
});

test("nothing of an older one is left in it", async () => {
  await keep("a", Uint8Array.from({ length: 200 }, () => 7));
  root.removeEntry = async () => {
    throw new Error("in use");
  };
  await keep("a", MEMORY);
  assert.deepEqual(await recall("a"), MEMORY);
  FakeFile.room = 50;
  await keep("a", MEMORY);
  assert.equal(await recall("a"), undefined);
});

test("where there is no room, nothing is kept, nor left", async () => {
  FakeFile.room = 50;
  await keep("a", MEMORY);
  assert.equal(root.entries.size, 0);
});

test("one that another page has in hand is neither waited for nor touched", async () => {
  await keep("a", MEMORY);
  const [file] = await kept();
  file.taken = true;
  assert.equal(await recall("a"), undefined);
  await keep("a", MEMORY.map(() => 9));
  file.taken = false;
  assert.deepEqual(await recall("a"), MEMORY);
});

test("a browser without a place to keep it does without", async () => {
  browser(undefined);
  assert.ok(!(await canKeep()));
  assert.equal(await recall("a"), undefined);
  await forget();
});
