/**
 * What every page with code loads: a button. Editor, widgets and Python are
 * fetched when it is pressed, never before.
 */
import { Bar } from "./bar.js";
import { Drafts } from "./drafts.js";
import { loaded } from "./fetching.js";

const about = /** @type {HTMLMetaElement | null} */ (
  document.querySelector('meta[name="live-notebook"]')
);
const cells = /** @type {HTMLElement[]} */ ([
  ...document.querySelectorAll("article div.cell[id^='cell-']"),
]);
const root = new URL(document.documentElement.dataset.content_root ?? "./", location.href);

/**
 * @param {Bar} bar
 * @param {{path: string, drafts: Drafts, version: string, memory: string, bytes: number}} python
 */
async function start(bar, python) {
  bar.starting();
  try {
    const program = new URL(`session.js?v=${python.version}`, import.meta.url);
    /** @type {typeof import("./session.js")} */
    const { Session } = await loaded(import(program.href));
    await Session.open({ root, cells, bar, ...python });
  } catch (error) {
    console.info("Python did not start:", error);
    bar.failed(String(error instanceof Error ? error.message : error));
  }
}

if (about && cells.length) {
  const path = about.content;
  const { version = "", memory = "", bytes: size } = about.dataset;
  const bytes = Number(size);
  const drafts = new Drafts(path);
  const bar = new Bar(bytes, drafts.count);
  bar.onStart = () => start(bar, { path, drafts, version, memory, bytes });
  bar.onDiscard = () => drafts.clear();
  bar.place(document.querySelector("article h1"));
}
