import assert from "node:assert/strict";
import { test } from "node:test";
import { Drafts } from "../../../web/live/drafts.js";

/** As much of the browser's storage as drafts use. */
class Storage {
  items = new Map();
  getItem(key) {
    return this.items.get(key) ?? null;
  }
  setItem(key, value) {
    this.items.set(key, value);
  }
  removeItem(key) {
    this.items.delete(key);
  }
}

test("what was typed is there again, cell by cell and page by page", () => {
  const storage = new Storage();
  const drafts = new Drafts("a.ipynb", storage);
  drafts.set("one", "x = 2", "x = 1");
  drafts.set("two", "", "y = 1");
  const again = new Drafts("a.ipynb", storage);
  assert.equal(again.count, 2);
  assert.equal(again.get("one"), "x = 2");
  assert.equal(again.get("two"), "");
  assert.equal(again.get("three"), undefined);
  assert.equal(new Drafts("b.ipynb", storage).count, 0);
});

test("two tabs keep what is typed in both", () => {
  const storage = new Storage();
  const [left, right] = [new Drafts("a.ipynb", storage), new Drafts("a.ipynb", storage)];
  left.set("one", "x = 2", "x = 1");
  right.set("two", "y = 2", "y = 1");
  const again = new Drafts("a.ipynb", storage);
  assert.deepEqual([again.get("one"), again.get("two")], ["x = 2", "y = 2"]);
});

test("the book's own code is no draft", () => {
  const storage = new Storage();
  const drafts = new Drafts("a.ipynb", storage);
  drafts.set("one", "x = 2", "x = 1");
  drafts.set("one", "x = 1", "x = 1");
  assert.equal(drafts.count, 0);
  assert.equal(storage.items.size, 0);
});

test("discarded drafts are gone", () => {
  const storage = new Storage();
  const drafts = new Drafts("a.ipynb", storage);
  drafts.set("one", "x = 2", "x = 1");
  drafts.clear();
  assert.equal(drafts.get("one"), undefined);
  assert.equal(new Drafts("a.ipynb", storage).count, 0);
});

test("a name of every object is no draft", () => {
  assert.equal(new Drafts("a.ipynb", new Storage()).get("constructor"), undefined);
});

test("a full storage is told, and the page goes on", () => {
  const storage = new Storage();
  storage.setItem = () => {
    throw new Error("QuotaExceededError");
  };
  const drafts = new Drafts("a.ipynb", storage);
  assert.equal(drafts.kept, true);
  drafts.set("one", "x = 2", "x = 1");
  assert.equal(drafts.kept, false);
  assert.equal(drafts.get("one"), "x = 2");
});

test("without storage drafts last as long as the page", () => {
  const drafts = new Drafts("a.ipynb", null);
  assert.equal(drafts.kept, false);
  drafts.set("one", "x = 2", "x = 1");
  assert.equal(drafts.get("one"), "x = 2");
});

for (const damaged of ["{", "null", '"text"', '{"one": 1}', "[1]"]) {
  test(`damaged drafts count as none: ${damaged}`, () => {
    const storage = new Storage();
    storage.setItem("mfdl-drafts:a.ipynb", damaged);
    const drafts = new Drafts("a.ipynb", storage);
    assert.equal(drafts.get("one"), undefined);
    drafts.set("one", "x = 2", "x = 1");
    assert.equal(new Drafts("a.ipynb", storage).get("one"), "x = 2");
  });
}
