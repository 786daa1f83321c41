/**
 * What every page with code loads: a button. Editor, widgets and Python are
 * fetched when it is pressed, never before.
 */
import { Bar } from "./bar.js";
import { Drafts } from "./drafts.js";
import { loaded } from "./fetching.js";
import { Kernel } from "./kernel.js";

const about = /** @type {HTMLMetaElement | null} */ (
  document.querySelector('meta[name="live-notebook"]')
);
const cells = /** @type {HTMLElement[]} */ ([
  ...document.querySelectorAll("article div.cell[id^='cell-']"),
]);
const root = new URL(document.documentElement.dataset.content_root ?? "./", location.href);

/**
 * Fetch all that is needed; Python starts meanwhile.
 * @param {Bar} bar
 * @param {{path: string, drafts: Drafts, version: string, bytes: number}} page
 */
async function start(bar, page) {
  bar.starting();
  const kernel = new Kernel(page);
  kernel.onProgress = (done, what) => bar.loading(done, what);
  try {
    const program = new URL(`session.js?v=${page.version}`, import.meta.url);
    const started = kernel.start(page.path);
    /** @type {Promise<typeof import("./session.js")>} */
    const loading = loaded(import(program.href));
    const opened = loading.then(({ Session }) => Session.open({ root, cells, bar, kernel, started, ...page }));
    await Promise.all([started, opened]); // the first that fails is told
  } catch (error) {
    kernel.stop();
    console.info("Python did not start:", error);
    bar.failed(String(error instanceof Error ? error.message : error));
  }
}

if (about && cells.length) {
  const path = about.content;
  const { version = "", bytes: size } = about.dataset;
  const bytes = Number(size);
  const drafts = new Drafts(path);
  const bar = new Bar(bytes, drafts.count);
  bar.onStart = () => start(bar, { path, drafts, version, bytes });
  bar.onDiscard = () => drafts.clear();
  bar.place(document.querySelector("article h1"));
}
