/** ipywidgets on the page: the manager of their views, talking to Python. */
import { HTMLManager } from "@jupyter-widgets/html-manager/lib/htmlmanager.js";
import { describePictures, typesetter } from "./outputs.js";

/** One widget's line to Python. */
class Comm {
  /** @type {(message: any) => void | Promise<void>} */
  received = () => {};
  /** @type {(message: any) => void} */
  closed = () => {};

  /** @param {WidgetManager} manager @param {string} id @param {string} target */
  constructor(manager, id, target) {
    this.manager = manager;
    this.comm_id = id;
    this.target_name = target;
  }

  /** @param {(message: any) => void} callback */
  on_msg(callback) {
    this.received = callback;
  }

  /** @param {(message: any) => void} callback */
  on_close(callback) {
    this.closed = callback;
  }

  open() {
    return "";
  }

  close() {
    return "";
  }

  /**
   * The model holds back its next message until Python is said to be idle.
   * @param {object} data @param {any} callbacks @param {object} [_metadata]
   * @param {(ArrayBuffer | ArrayBufferView)[]} [buffers]
   */
  send(data, callbacks, _metadata, buffers = []) {
    const { kernel, onAsk, onAnswered } = this.manager;
    const id = kernel.nextId();
    onAsk(id, this.comm_id);
    kernel
      .comm({ comm_id: this.comm_id, data }, buffers.map(bytes), id)
      .then(() => {
        onAnswered(id);
        callbacks?.iopub?.status?.({ content: { execution_state: "idle" } });
      })
      .catch(() => {}); // Python was stopped
    return id;
  }
}

/** @param {ArrayBuffer | ArrayBufferView} buffer @returns {ArrayBuffer} */
function bytes(buffer) {
  if (buffer instanceof ArrayBuffer) return buffer;
  const { byteOffset, byteLength } = buffer;
  return /** @type {ArrayBuffer} */ (buffer.buffer).slice(byteOffset, byteOffset + byteLength);
}

export class WidgetManager extends HTMLManager {
  /** @type {Map<string, Comm>} */
  #comms = new Map();
  /** @type {Set<any>} */
  #opened = new Set();
  /** Output widgets by the message whose answers they catch, innermost last. @type {Map<string, any[]>} */
  #catching = new Map();

  /** @param {import("./kernel.js").Kernel} kernel */
  constructor(kernel) {
    super({});
    this.kernel = kernel;
    /** A widget asks Python something. @type {(message: string, comm: string) => void} */
    this.onAsk = () => {};
    /** Python has answered. @type {(message: string) => void} */
    this.onAnswered = () => {};
    describePictures(this.renderMime, "figure drawn by this widget");
    /* widgets with formulas in their labels speak to MathJax 2 */
    const queue = (/** @type {any[]} */ [, , node]) => node && typesetter.typeset(node);
    Object.assign(window, { MathJax: { Hub: { Queue: queue } } });
  }

  /** @override */
  async _get_comm_info() {
    return {};
  }

  /** @override @param {string} target @param {string} id @returns {Promise<any>} */
  async _create_comm(target, id) {
    return new Comm(this, id, target);
  }

  /**
   * A view, with what ipywidgets keeps from screen readers: the names and
   * values of sliders, and that the sentence below a picture has changed.
   * @override @param {any} model @param {any} [options]
   */
  async create_view(model, options) {
    const view = await super.create_view(model, options);
    const handles = view.el.querySelectorAll(".noUi-handle");
    const speak = () => {
      const choice = model.get("_options_labels")?.[model.get("index")];
      for (const handle of handles) {
        handle.setAttribute("aria-label", model.get("description") || "slider");
        if (typeof choice === "string") handle.setAttribute("aria-valuetext", choice);
      }
    };
    if (model.get("_dom_classes")?.includes("explore-live")) view.el.setAttribute("aria-live", "polite");
    if (handles.length) {
      view.listenTo(model, "change", speak);
      speak();
    }
    return view;
  }

  /** The Output widget that catches what answers to this message. @param {string} parent */
  catcher(parent) {
    return this.#catching.get(parent)?.at(-1);
  }

  /** @param {import("./kernel.js").Message} message */
  async receive({ type, content, buffers, parent }) {
    const message = {
      content,
      metadata: content.metadata,
      buffers: buffers.map((b) => new DataView(b.buffer, b.byteOffset, b.byteLength)),
      parent_header: { msg_id: parent },
    };
    if (type === "comm_open") {
      const comm = new Comm(this, content.comm_id, content.target_name);
      this.#comms.set(content.comm_id, comm);
      const model = await this.handle_comm_open(/** @type {any} */ (comm), /** @type {any} */ (message));
      this.#opened.add(model);
      if (model.get("_model_name") === "OutputModel") this.#watch(model);
    } else if (type === "comm_msg") {
      await this.#comms.get(content.comm_id)?.received(message);
    } else {
      this.#comms.get(content.comm_id)?.closed(message);
      this.#comms.delete(content.comm_id);
    }
  }

  /** Follow which message an Output widget catches. @param {any} output */
  #watch(output) {
    let current = "";
    const follow = () => {
      this.#catching.set(current, (this.#catching.get(current) ?? []).filter((other) => other !== output));
      if (!this.#catching.get(current)?.length) this.#catching.delete(current);
      current = output.get("msg_id") ?? "";
      if (current) this.#catching.set(current, [...(this.#catching.get(current) ?? []), output]);
    };
    output.on("change:msg_id", follow);
    follow();
  }

  /** Python is gone, and with it what the widgets talked to. */
  forget() {
    this.#comms.clear();
    this.#catching.clear();
    for (const model of this.#opened) {
      try {
        model.close();
      } catch {
        // one whose view has left the page already
      }
    }
    this.#opened.clear();
  }
}
