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
    this.entries.delete(name);
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
  getSize() {
    return this.bytes.length;
  }
  read(into, { at }) {
    into.set(this.bytes.subarray(at, at + into.length));
  }
  write(from, { at }) {
    const end = Math.min(at + from.length, FakeFile.room);
    const bytes = new Uint8Array(Math.max(end, this.bytes.length));
    bytes.set(this.bytes);
    bytes.set(from.subarray(0, end - at), at);
    this.bytes = bytes;
  }
  flush() {}
  close() {
    this.taken = false;
  }
}

let root;

async function kept() {
  const folder = await root.getDirectoryHandle("mfdl-python");
  return folder.entries;
}

beforeEach(() => {
  root = new FakeFolder();
  FakeFile.room = Infinity;
  const storage = { getDirectory: async () => root };
  Object.defineProperty(globalThis, "navigator", { value: { storage }, configurable: true });
});

test("what was kept is recalled, by its name only", async () => {
  assert.ok(canKeep());
  assert.equal(await recall("a"), undefined);
  await keep("a", MEMORY);
  assert.deepEqual(await recall("a"), MEMORY);
  assert.equal(await recall("b"), undefined);
});

test("a new version takes the place of the old", async () => {
  await keep("a", MEMORY);
  await keep("b", MEMORY);
  assert.deepEqual([...(await kept()).keys()], ["b"]);
});

test("one that was cut off counts as none", async () => {
  await keep("a", MEMORY);
  (await kept()).get("a").bytes.fill(0, 0, 16);
  assert.equal(await recall("a"), undefined);
});

test("where there is no room, nothing is kept, nor left", async () => {
  FakeFile.room = 50;
  await keep("a", MEMORY);
  assert.equal(root.entries.size, 0);
});

test("one that another page has in hand is not waited for", async () => {
  await keep("a", MEMORY);
  (await kept()).get("a").taken = true;
  assert.equal(await recall("a"), undefined);
});

test("a browser without a place to keep it does without", async () => {
  Object.defineProperty(globalThis, "navigator", { value: {}, configurable: true });
  assert.ok(!canKeep());
  assert.equal(await recall("a"), undefined);
  await forget();
});
