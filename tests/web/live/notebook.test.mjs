import assert from "node:assert/strict";
import { test } from "node:test";
import { altOf, sourceOf, withVersions } from "../../../web/live/notebook.js";

const output = { output_type: "stream", name: "stdout", text: "1\n" };
const notebook = {
  nbformat: 4,
  nbformat_minor: 5,
  metadata: { kernelspec: { name: "python3" } },
  cells: [
    { id: "words", cell_type: "markdown", metadata: {}, source: "# Title" },
    { id: "one", cell_type: "code", metadata: {}, source: ["x = 1\n", "print(x)"], outputs: [output], execution_count: 1 },
    { id: "two", cell_type: "code", metadata: {}, source: "x", outputs: [], execution_count: 2 },
  ],
};

test("a source is text, however it is stored", () => {
  assert.equal(sourceOf(notebook.cells[1]), "x = 1\nprint(x)");
  assert.equal(sourceOf(notebook.cells[2]), "x");
});

test("a figure is described by the book, or as what it is", () => {
  const figure = { metadata: { mystnb: { image: { alt: "a line that rises" } } } };
  assert.equal(altOf(figure), "a line that rises");
  assert.match(altOf(notebook.cells[1]), /figure/);
});

test("cells that nobody touched stay as they are", () => {
  const versions = new Map([["one", { source: "x = 1\nprint(x)" }]]);
  assert.deepEqual(withVersions(notebook, versions), notebook);
});

test("a changed cell that did not run has no outputs", () => {
  const [, cell] = withVersions(notebook, new Map([["one", { source: "x = 5" }]])).cells;
  assert.equal(cell.source, "x = 5");
  assert.deepEqual(cell.outputs, []);
  assert.equal(cell.execution_count, null);
});

test("a cell that ran has what it showed", () => {
  const fresh = { ...output, text: "5\n" };
  const versions = new Map([["one", { source: "print(5)", outputs: [fresh], count: 7 }]]);
  const [words, cell] = withVersions(notebook, versions).cells;
  assert.deepEqual(cell.outputs, [fresh]);
  assert.equal(cell.execution_count, 7);
  assert.equal(words, notebook.cells[0]);
});

test("the page's own notebook is not changed", () => {
  const before = structuredClone(notebook);
  withVersions(notebook, new Map([["one", { source: "y", outputs: [] }]]));
  assert.deepEqual(notebook, before);
});
