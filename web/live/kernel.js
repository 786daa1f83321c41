import { ADVICE } from "./fetching.js";

/**
 * @typedef {{type: string, content: any, parent: string, buffers: Uint8Array[]}} Message
 *   what a Jupyter kernel publishes: "stream", "display_data", "comm_msg", …
 * @typedef {{status: "ok" | "error", count: number}} Reply
 */

/** A run that ended because the reader stopped Python. */
export class Stopped extends Error {
  constructor() {
    super("Python was stopped.");
    this.name = "Stopped";
  }
}

/** Python in a thread of its own: the page's half. */
export class Kernel {
  /** @type {Worker | undefined} */
  #worker;
  #last = 0;
  /** @type {Map<string, {resolve: (value: any) => void, reject: (reason: Error) => void}>} */
  #waiting = new Map();
  /** What has been published is handled one after another. */
  #handled = Promise.resolve();

  /** What is done with a message. @type {(message: Message) => void | Promise<void>} */
  onMessage = () => {};
  /** How far the start is, from 0 to 1. @type {(done: number, what: string) => void} */
  onProgress = () => {};

  /**
   * @param {object} python
   * @param {string} python.version names the site's files: other files, other addresses
   * @param {number} python.bytes how much is fetched for it, at most
   */
  constructor({ version, bytes }) {
    this.python = { version, bytes };
  }

  /**
   * Start Python in a notebook's folder; the promise fails with a sentence.
   * @param {string} notebook path, such as "book/prologue/machine.ipynb"
   */
  async start(notebook) {
    this.stop();
    const worker = newWorker(this.python.version);
    this.#worker = worker;
    worker.onmessage = ({ data }) => this.#receive(data, worker);
    worker.onerror = (event) => {
      event.preventDefault();
      this.#fail(new Error(event.message || `its program could not be fetched: ${ADVICE}`));
    };
    await this.#call("start", { ...this.python, notebook });
    worker.onerror = null; // the browser tells of what a callback throws later
  }

  /**
   * Run code; what it prints comes as messages with this parent.
   * @param {string} code @param {string} parent
   * @returns {Promise<Reply>}
   */
  async run(code, parent) {
    const reply = await this.#call("run", { code, parent });
    await this.#handled;
    return reply;
  }

  /**
   * A message of a widget to its other half in Python.
   * @param {object} content @param {ArrayBuffer[]} buffers @param {string} parent
   */
  comm(content, buffers, parent) {
    return this.#call("comm", { content, buffers, parent });
  }

  /** End Python at once, an endless loop too. */
  stop() {
    this.#worker?.terminate();
    this.#worker = undefined;
    this.#handled = Promise.resolve();
    this.#fail(new Stopped());
  }

  /** What waits for an answer will not get one. @param {Error} reason */
  #fail(reason) {
    for (const { reject } of this.#waiting.values()) reject(reason);
    this.#waiting.clear();
  }

  /** A name for the next message. */
  nextId() {
    this.#last += 1;
    return `m${this.#last}`;
  }

  /**
   * @param {"start" | "run" | "comm"} operation @param {object} details
   * @returns {Promise<any>}
   */
  #call(operation, details) {
    const id = this.nextId();
    return new Promise((resolve, reject) => {
      if (!this.#worker) return reject(new Stopped());
      this.#waiting.set(id, { resolve, reject });
      return this.#worker.postMessage({ id, operation, ...details });
    });
  }

  /** @param {any} data @param {Worker} worker */
  #receive(data, worker) {
    if (worker !== this.#worker) return; // it was stopped while it spoke
    if (data.type === "progress") {
      this.onProgress(data.done, data.what);
    } else if (data.type === "reply") {
      const call = this.#waiting.get(data.id);
      this.#waiting.delete(data.id);
      if (data.error) call?.reject(new Error(data.error));
      else call?.resolve(data.result);
    } else {
      this.#handled = this.#handled
        .then(() => (worker === this.#worker ? this.onMessage(data) : undefined))
        .catch((error) => console.error("a message of Python was not understood:", error));
    }
  }
}

/**
 * The thread. A thread that is loaded from a blob inherits the page's
 * content-security policy, whatever the server: it cannot ask another host.
 * @param {string} version
 */
function newWorker(version) {
  const program = new URL(`worker.js?v=${version}`, import.meta.url).href;
  const blob = new Blob([`import ${JSON.stringify(program)};`], { type: "text/javascript" });
  return new Worker(URL.createObjectURL(blob), { type: "module", name: "Python" });
}
