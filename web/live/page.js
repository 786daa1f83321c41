/**
 * What every page with code loads: a button. Editor, widgets and Python are
 * fetched when it is pressed, never before.
 */
import { Bar } from "./bar.js";
import { Drafts } from "./drafts.js";

const notebook = /** @type {HTMLMetaElement | null} */ (
  document.querySelector('meta[name="live-notebook"]')
)?.content;
const cells = /** @type {HTMLElement[]} */ ([
  ...document.querySelectorAll("article div.cell[id^='cell-']"),
]);
const root = new URL(document.documentElement.dataset.content_root ?? "./", location.href);

/** @param {Bar} bar @param {string} path */
async function start(bar, path) {
  bar.starting();
  try {
    const { Session } = await import("./session.js");
    await Session.open({ root, path, cells, bar });
  } catch (error) {
    console.info("Python did not start:", error);
    bar.failed(String(error instanceof Error ? error.message : error));
  }
}

if (notebook && cells.length) {
  const drafts = new Drafts(notebook);
  const bar = new Bar(drafts.count);
  bar.onStart = () => start(bar, notebook);
  bar.onDiscard = () => drafts.clear();
  bar.place(document.querySelector("article h1"));
}
