/** One cell of a live page: its editor, its buttons, what it shows. */
import { make } from "./dom.js";
import { makeEditor, setSource } from "./editor.js";
import { WIDGET, newModel, renderersFor, showOutputs, stored } from "./outputs.js";

/**
 * @typedef {"" | "waiting" | "running" | "ok" | "error" | "stopped"} State
 */
const SAYS = { "": "", waiting: "waits", running: "runs …", ok: "ran", error: "failed", stopped: "stopped" };

export class Cell {
  /** @type {import("@codemirror/view").EditorView | undefined} */
  #editor;
  /** @type {Element[]} */
  #hidden = [];
  /** @type {HTMLElement | undefined} */
  #host;
  /** @type {import("@jupyterlab/outputarea").OutputArea | undefined} */
  #view;

  /**
   * @param {object} options
   * @param {HTMLElement} options.element the page's `div.cell`
   * @param {string} options.id the notebook's name of the cell
   * @param {number} options.number from 1, as readers count
   * @param {string} options.original the book's code
   * @param {string} options.source the reader's
   * @param {string} options.alt words for a figure
   * @param {import("@jupyterlab/rendermime").IRenderMimeRegistry} options.renderers
   */
  constructor({ element, id, number, original, source, alt, renderers }) {
    this.element = element;
    element.setAttribute("role", "group");
    element.setAttribute("aria-label", `Cell ${number}`);
    this.id = id;
    this.number = number;
    this.original = original;
    this.source = source;
    this.renderers = renderersFor(renderers, alt);
    this.model = newModel();
    /** @type {State} */
    this.state = "";
    this.why = "";
    this.count = /** @type {number | undefined} */ (undefined);
    this.onRun = () => {};
    this.onRunTo = () => {};
    this.onEdit = () => {};
    /** @type {HTMLElement} */
    this.input = /** @type {any} */ (element.querySelector(".cell_input"));
    this.says = make("span", { className: "live-says" });
    this.reset = this.#button("Reset", () => this.#resetByHand());
    this.#addButtons();
    this.#openWhenSeen();
    this.show("");
    /* the page has keys of its own, such as "/" for the search */
    element.addEventListener("keydown", (event) => event.stopPropagation());
  }

  /** @param {string} text @param {() => void} action */
  #button(text, action) {
    const button = make("button", { type: "button", textContent: text });
    button.setAttribute("aria-label", `${text}: cell ${this.number}`);
    button.addEventListener("click", action);
    return button;
  }

  #addButtons() {
    this.runButton = this.#button("Run", () => this.onRun());
    this.runButton.title = "Shift-Enter";
    const runTo = this.#button("Run to here", () => this.onRunTo());
    const buttons = make("div", { className: "live-cell-buttons" });
    buttons.append(this.runButton, runTo, this.reset, this.says);
    this.input.append(buttons);
    this.reset.hidden = this.source === this.original;
  }

  #resetByHand() {
    this.restore();
    this.runButton?.focus();
  }

  /** A page has many cells: an editor is made when its cell comes near. */
  #openWhenSeen() {
    const nearby = new IntersectionObserver(
      (entries) => {
        if (!entries.some((entry) => entry.isIntersecting)) return;
        nearby.disconnect();
        this.#open();
      },
      { rootMargin: "600px" },
    );
    nearby.observe(this.input);
  }

  #open() {
    const printed = this.input.querySelector(":scope > [class*='highlight']");
    const parent = make("div", { className: "live-editor" });
    this.#editor = makeEditor({
      parent,
      source: this.source,
      label: `Code of cell ${this.number}`,
      onChange: (source) => this.#changed(source),
      onRun: () => this.onRun(),
    });
    if (printed) printed.replaceWith(parent);
    else this.input.prepend(parent);
  }

  /** @param {string} source */
  #changed(source) {
    this.source = source;
    this.reset.hidden = source === this.original;
    this.onEdit();
  }

  /** The book's code and outputs again. */
  restore() {
    this.source = this.original;
    if (this.#editor) setSource(this.#editor, this.original);
    this.reset.hidden = true;
    this.restoreOutputs();
    this.onEdit();
  }

  /** Does it show what only a running Python moves? */
  get showsWidgets() {
    return this.model.toJSON().some((output) => /** @type {any} */ (output).data?.[WIDGET]);
  }

  /** The book's outputs again. */
  restoreOutputs() {
    this.#view?.dispose();
    this.#host?.remove();
    this.#hidden.forEach((element) => element.removeAttribute("hidden"));
    this.#view = this.#host = undefined;
    this.#hidden = [];
    this.model.clear();
    this.show("");
  }

  /** Empty the place for outputs; the first time the stored ones make way. */
  begin() {
    this.#host ??= this.#makeHost();
    this.#view ??= showOutputs(this.#host, this.model, this.renderers);
    this.model.clear();
    this.show("running");
  }

  /** A figure keeps its place, its caption and its anchor; the rest is hidden. */
  #makeHost() {
    const host = make("div", { className: "live-output" });
    const before = this.element.querySelector(".cell_output");
    const figure = before?.querySelector("figure");
    const place = figure ?? before ?? make("div", { className: "cell_output" });
    const keep = (/** @type {Element} */ element) =>
      element.matches("figcaption") || (figure && element.contains(figure));
    for (const parent of new Set([place, before])) {
      for (const child of parent?.children ?? []) {
        if (!keep(child) && !child.hasAttribute("hidden")) {
          child.setAttribute("hidden", "");
          this.#hidden.push(child);
        }
      }
    }
    place.prepend(host);
    if (!before) this.input.after(place);
    return host;
  }

  /** @param {State} state @param {string} [why] */
  show(state, why) {
    this.state = state;
    this.why = why ?? "";
    this.element.dataset.live = state;
    this.says.textContent = [`cell ${this.number}`, why ?? SAYS[state]].filter(Boolean).join(": ");
  }

  /** What to take home of it. @returns {import("./notebook.js").Version} */
  version() {
    if (!this.#host) return { source: this.source };
    return { source: this.source, outputs: stored(this.model), count: this.count };
  }
}
