/** A page that is live: Python, its cells, and the order in which they run. */
import { Cell } from "./cell.js";
import { altOf, download, fetchNotebook, sourceOf, withVersions } from "./notebook.js";
import { Outputs } from "./outputs.js";
import { WidgetManager } from "./widgets.js";

/**
 * @typedef {object} Page
 * @property {URL} root where the site begins
 * @property {string} path the page's notebook, such as "book/prologue/machine.ipynb"
 * @property {import("./kernel.js").Kernel} kernel Python, which starts
 * @property {Promise<void>} started ends when Python is ready; fails with a sentence
 * @property {import("./drafts.js").Drafts} drafts what the reader typed here
 * @property {HTMLElement[]} cells the page's `div.cell`, in order
 * @property {import("./bar.js").Bar} bar
 */

export class Session {
  /** Cells that wait for their turn. @type {Cell[]} */
  #queue = [];
  #running = false;
  #warned = false;
  #dead = false;
  /** Counts the Pythons: what belongs to one before this does not count. */
  #turn = 0;
  /** The cell that shows what answers to a message. @type {Map<string, Cell>} */
  #answering = new Map();
  /** The cell that made a widget, by the widget's line. @type {Map<string, Cell>} */
  #owners = new Map();

  /**
   * Fetch what else is needed, and wait for Python.
   * @param {Page} page
   */
  static async open(page) {
    const [notebook] = await Promise.all([
      fetchNotebook(new URL(`_sources/${page.path}`, page.root)),
      addStyles(new URL("session.css", import.meta.url)),
      page.started,
    ]);
    const session = new Session(page, notebook);
    session.#makeCells();
    session.#join();
    page.bar.ready();
  }

  /** @param {Page} page @param {import("./notebook.js").Notebook} notebook */
  constructor(page, notebook) {
    this.page = page;
    this.bar = page.bar;
    this.notebook = notebook;
    this.drafts = page.drafts;
    this.outputs = new Outputs();
    this.kernel = page.kernel;
    this.kernel.onMessage = (message) => this.#receive(message);
    this.widgets = new WidgetManager(this.kernel);
    this.widgets.onAsk = (message, comm) => {
      const cell = this.#owners.get(comm);
      if (cell) this.#answering.set(message, cell);
    };
    this.widgets.onAnswered = (message) => this.#answering.delete(message);
    /** @type {Cell[]} */
    this.cells = [];
  }

  async #startPython() {
    try {
      await this.kernel.start(this.page.path);
    } catch (error) {
      this.kernel.stop();
      throw error;
    }
  }

  #makeCells() {
    const code = new Map(
      this.notebook.cells.filter((cell) => cell.cell_type === "code").map((cell) => [`cell-${cell.id}`, cell]),
    );
    this.cells = this.page.cells.flatMap((element, index) => {
      const cell = code.get(element.id);
      if (!cell) return [];
      const original = sourceOf(cell);
      const made = new Cell({
        element,
        id: cell.id,
        number: index + 1,
        original,
        source: this.drafts.get(cell.id) ?? original,
        alt: altOf(cell),
        renderers: this.widgets.renderMime,
      });
      made.onRun = () => this.run([made]);
      made.onRunTo = () => this.run(this.cells.slice(0, index + 1));
      made.onEdit = () => this.#keep(made);
      return [made];
    });
  }

  #join() {
    this.bar.onRunAll = () => {
      if (!this.#running) this.run(this.cells);
    };
    this.bar.onStop = () => this.stop();
    this.bar.onDiscard = () => {
      this.cells.filter((cell) => cell.source !== cell.original).forEach((cell) => cell.restore());
      this.drafts.clear(); // also of cells that the book has no more
    };
    this.bar.onDownload = () => this.download();
    this.bar.onStart = () => this.#restart("Python is ready.");
    this.bar.showDrafts(this.drafts.count);
  }

  /** @param {Cell} cell */
  #keep(cell) {
    this.drafts.set(cell.id, cell.source, cell.original);
    this.bar.showDrafts(this.drafts.count);
    if (!this.drafts.kept && !this.#warned) {
      this.#warned = true;
      this.bar.say("This browser does not keep your changes: download the notebook before you leave.");
    }
  }

  /** Run cells, one after another, behind those that wait. @param {Cell[]} cells */
  async run(cells) {
    if (this.#dead) {
      this.bar.say("Python is not running: press “Try again”.");
      return;
    }
    const waiting = this.#queue.slice(this.#running ? 1 : 0);
    const wanted = cells.filter((cell) => !waiting.includes(cell));
    wanted.filter((cell) => cell.state !== "running").forEach((cell) => cell.show("waiting"));
    this.#queue.push(...wanted);
    if (this.#running || !this.#queue.length) return;
    this.#running = true;
    this.bar.busy(true);
    const first = this.#queue[0];
    this.bar.say(this.#queue.length === 1 ? `Cell ${first.number} runs.` : `${this.#queue.length} cells run.`);
    let last = first;
    let count = 0;
    const turn = this.#turn;
    while (this.#queue.length) {
      last = this.#queue[0];
      const status = await this.#runOne(last);
      if (turn !== this.#turn) return; // stopped: the restart has cleared up
      this.#queue.shift();
      count += 1;
      if (status === "error") break;
    }
    this.#queue.forEach((cell) => cell.show(""));
    this.#queue = [];
    this.#running = false;
    this.bar.busy(false);
    if (last.state === "error") this.bar.say(`Cell ${last.number} failed: ${last.why}`);
    else this.bar.say(count === 1 ? `Cell ${last.number} ran.` : `${count} cells ran.`);
  }

  /** @param {Cell} cell @returns {Promise<"ok" | "error">} */
  async #runOne(cell) {
    const parent = this.kernel.nextId();
    for (const [message, other] of this.#answering) {
      if (other === cell) this.#answering.delete(message);
    }
    this.#answering.set(parent, cell);
    this.outputs.forget(cell.model);
    cell.begin();
    try {
      const { status, count } = await this.kernel.run(cell.source, parent);
      cell.count = count;
      if (status === "ok") cell.show("ok");
      else if (cell.state !== "error") cell.show("error");
      return status;
    } catch (error) {
      cell.show("stopped");
      // by name: page.js, which made the kernel, is bundled with a class of its own
      if (!(error instanceof Error && error.name === "Stopped")) this.#breakDown(error);
      return "error";
    }
  }

  /** Out of memory, most likely. @param {unknown} error */
  #breakDown(error) {
    this.kernel.stop();
    const why = error instanceof Error ? error.message : String(error);
    this.#restart(`Python broke down (${why}) and was started again: run the cells that you need.`);
  }

  /** End what runs, and start Python again: it has forgotten everything. */
  async stop() {
    this.kernel.stop();
    await this.#restart("Stopped. Python was started again and remembers nothing: run the cells that you need.");
  }

  /** @param {string} say */
  async #restart(say) {
    this.#turn += 1;
    this.#dead = false;
    this.#running = true; // what is asked for meanwhile waits
    this.#queue.slice(1).forEach((cell) => cell.show(""));
    this.#queue = [];
    this.bar.busy(false);
    this.bar.starting();
    try {
      this.widgets.forget();
      this.cells.filter((cell) => cell.showsWidgets).forEach((cell) => cell.restoreOutputs());
      await this.#startPython();
      const done = (/** @type {Cell} */ cell) => !["stopped", "waiting"].includes(cell.state);
      this.cells.filter(done).forEach((cell) => cell.show(""));
      this.#answering.clear();
      this.#owners.clear();
      this.#running = false;
      this.bar.ready(say);
      if (this.#queue.length) this.run([]); // what was asked for meanwhile
    } catch (error) {
      this.#dead = true;
      this.#running = false;
      this.#queue.forEach((cell) => cell.show(""));
      this.#queue = [];
      this.bar.failed(String(error instanceof Error ? error.message : error));
    }
  }

  download() {
    const versions = new Map(this.cells.map((cell) => [cell.id, cell.version()]));
    const name = this.page.path.split("/").at(-1) ?? "notebook.ipynb";
    download(withVersions(this.notebook, versions), name);
    this.bar.say(`${name} is in your downloads, with your changes.`);
  }

  /** @param {import("./kernel.js").Message} message */
  async #receive(message) {
    const { type, parent, content } = message;
    if (type.startsWith("comm_")) {
      const owner = this.#answering.get(parent);
      if (type === "comm_open" && owner) this.#owners.set(content.comm_id, owner);
      await this.widgets.receive(message);
      return;
    }
    const catcher = this.widgets.catcher(parent);
    const cell = this.#answering.get(parent);
    this.outputs.take(catcher ? catcher.outputs : cell?.model, message);
    catcher?.set("outputs", catcher.outputs.toJSON(), { newMessage: true });
    if (type === "error" && cell) this.#explain(cell, content.ename);
  }

  /** @param {Cell} cell @param {string} kind of exception */
  #explain(cell, kind) {
    const above = this.cells.slice(0, this.cells.indexOf(cell));
    const missing = kind === "NameError" && above.some((other) => other.state !== "ok");
    cell.show("error", missing ? `${kind}; the cells above have not all run: press “Run to here”` : kind);
  }
}

/** @param {URL} url */
function addStyles(url) {
  if (document.querySelector(`link[href="${url.href}"]`)) return;
  const link = document.createElement("link");
  return new Promise((resolve, reject) => {
    Object.assign(link, { rel: "stylesheet", href: url.href, onload: resolve });
    link.onerror = () => reject(new Error("a style sheet could not be fetched; is there a connection?"));
    document.head.prepend(link); // the book's own styles come later and win
  });
}
