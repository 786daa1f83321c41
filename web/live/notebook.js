/** The page's notebook: its code cells, and the copy that a reader takes home. */
import { fetchFile } from "./fetching.js";

/**
 * @typedef {{id: string, cell_type: string, source: string | string[], metadata: any, outputs?: any[], execution_count?: number | null}} NotebookCell
 * @typedef {{cells: NotebookCell[], metadata: any, nbformat: number, nbformat_minor: number}} Notebook
 * @typedef {{source: string, outputs?: any[], count?: number}} Version what became of a cell on the page
 */

/** @param {NotebookCell} cell */
export function sourceOf({ source }) {
  return Array.isArray(source) ? source.join("") : source;
}

/** What a figure of the cell shows, in words. @param {NotebookCell} cell */
export function altOf({ metadata }) {
  return metadata?.mystnb?.image?.alt ?? "figure drawn by the code above";
}

/**
 * @param {URL} url
 * @returns {Promise<Notebook>}
 */
export async function fetchNotebook(url) {
  return (await fetchFile(url)).json();
}

/**
 * The notebook with the reader's code. Outputs are those that the page shows:
 * of a cell that was changed and not run, none.
 * @param {Notebook} notebook @param {Map<string, Version>} versions by cell id
 * @returns {Notebook}
 */
export function withVersions(notebook, versions) {
  const cells = notebook.cells.map((cell) => {
    const version = versions.get(cell.id);
    if (!version) return cell;
    const changed = version.source !== sourceOf(cell);
    if (!changed && !version.outputs) return cell;
    const { outputs = [], count = null } = version;
    return { ...cell, source: version.source, outputs, execution_count: count };
  });
  return { ...notebook, cells };
}

/** @param {Notebook} notebook @param {string} name of the file */
export function download(notebook, name) {
  const text = `${JSON.stringify(notebook, null, 1)}\n`;
  const url = URL.createObjectURL(new Blob([text], { type: "application/x-ipynb+json" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
