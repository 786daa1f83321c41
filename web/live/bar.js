/** The bar that starts a page, says how it is doing, and ends it. */
import { make } from "./dom.js";

export class Bar {
  /**
   * @param {number} bytes how much is to be fetched, at most
   * @param {number} drafts how many cells the reader has changed before
   */
  constructor(bytes, drafts) {
    const megabytes = Math.ceil(bytes / 1e6);
    this.offer = `Python runs in your browser: ${megabytes} MB, fetched once, from this site and nowhere else.`;
    this.onStart = () => {};
    this.onRunAll = () => {};
    this.onStop = () => {};
    this.onDownload = () => {};
    this.onDiscard = () => {};

    this.status = make("p", { className: "live-status", role: "status" });
    this.status.textContent = this.offer;
    this.progress = make("progress", { max: 1, value: 0, hidden: true });
    this.progress.setAttribute("aria-label", "starting Python");
    this.main = make("button", { type: "button", textContent: "Run this page" });
    this.main.className = "live-main";
    this.main.addEventListener("click", () => this.#press());
    this.stop = this.#button("Stop", () => this.onStop());
    this.download = this.#button("Download notebook", () => this.onDownload());
    this.discard = this.#button("Discard my changes", () => this.#confirm());
    this.stop.hidden = this.download.hidden = true;
    this.running = false;
    this.live = this.begun = false;
    this.showDrafts(drafts);

    const buttons = make("div", { className: "live-buttons" });
    buttons.append(this.main, this.stop, this.download, this.discard);
    this.element = make("section", { className: "live-bar" });
    this.element.setAttribute("aria-label", "Run this page");
    this.element.append(buttons, this.progress, this.status);
  }

  /** @param {string} label @param {() => void} action */
  #button(label, action) {
    const button = make("button", { type: "button", textContent: label });
    button.addEventListener("click", action);
    return button;
  }

  #press() {
    if (this.main.getAttribute("aria-disabled") === "true") return;
    if (this.live) this.onRunAll();
    else this.onStart();
  }

  /** A second press within the question's time discards. */
  #confirm() {
    if (this.discard.dataset.asked) {
      this.#unask();
      this.onDiscard();
      this.showDrafts(0);
      this.say("Your changes are discarded.");
      this.main.focus();
      return;
    }
    this.discard.dataset.asked = "yes";
    this.discard.textContent = "Really discard my changes?";
    this.discard.addEventListener("blur", () => this.#unask(), { once: true });
  }

  #unask() {
    delete this.discard.dataset.asked;
    this.discard.textContent = "Discard my changes";
  }

  /** Put the bar below the page's title and its promise. @param {Element | null} title */
  place(title) {
    const promise = title?.nextElementSibling;
    (promise?.matches("blockquote") ? promise : title)?.after(this.element);
  }

  /** @param {string} text */
  say(text) {
    this.status.textContent = text;
  }

  /** @param {number} count cells that differ from the book's */
  showDrafts(count) {
    this.discard.hidden = count === 0;
    if (count && !this.begun) {
      this.say(`You have changed ${count === 1 ? "a cell" : `${count} cells`} of this page before: your version comes back when Python starts. ${this.offer}`);
    }
  }

  starting() {
    this.live = false;
    this.begun = true;
    document.documentElement.classList.add("live-on");
    this.main.setAttribute("aria-disabled", "true"); // keeps the focus
    this.main.textContent = "Starting Python …";
    this.progress.hidden = false;
    this.say("Starting Python.");
  }

  /** @param {number} done from 0 to 1 @param {string} what */
  loading(done, what) {
    this.progress.value = done;
    if (this.status.textContent !== what) this.say(what); // or a screen reader repeats it
  }

  /** @param {string} [text] */
  ready(text = "Python is ready. Change any cell and run it: press Run, or Shift-Enter.") {
    this.live = true;
    this.main.removeAttribute("aria-disabled");
    this.main.textContent = "Run all";
    this.progress.hidden = true;
    this.download.hidden = false;
    this.busy(false);
    this.say(text);
  }

  /** @param {boolean} running */
  busy(running) {
    this.running = running;
    if (!running && document.activeElement === this.stop) this.main.focus();
    this.stop.hidden = !running;
    this.element.classList.toggle("live-busy", running);
  }

  /** @param {string} why */
  failed(why) {
    this.live = false;
    this.progress.hidden = true;
    this.main.removeAttribute("aria-disabled");
    this.main.textContent = "Try again";
    this.say(`Python could not start here: ${why.replace(/[^.?!]$/, "$&.")} The page reads without it; its notebook also runs in JupyterLab and Binder (the buttons at the top).`);
  }
}
