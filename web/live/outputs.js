/** What cells print and show, drawn by JupyterLab's output area. */
import { OutputArea, OutputAreaModel } from "@jupyterlab/outputarea";
import { Widget } from "@lumino/widgets";
import { marked } from "marked";
import temml from "temml";

const IMAGES = ["image/png", "image/jpeg", "image/gif"];
export const WIDGET = "application/vnd.jupyter.widget-view+json";

Object.assign(globalThis, { temml }); // where its own renderMathInElement looks for it

/** Formulas by Temml, as on the rest of the page. */
export const typesetter = {
  /** @param {HTMLElement} node */
  typeset(node) {
    const options = {
      delimiters: [
        { left: "$$", right: "$$", display: true },
        { left: "\\[", right: "\\]", display: true },
        { left: "\\begin{equation}", right: "\\end{equation}", display: true },
        { left: "\\begin{align}", right: "\\end{align}", display: true },
        { left: "$", right: "$", display: false },
        { left: "\\(", right: "\\)", display: false },
      ],
      throwOnError: false,
    };
    temml.renderMathInElement(node, /** @type {any} */ (options)); // its types lack delimiters
  },
};

const markdownParser = {
  /** @param {string} source */
  render: async (source) => marked.parse(source),
};

/** A picture with the words that stand for it. */
class Picture extends Widget {
  /** @param {string} mimeType @param {string} alt */
  constructor(mimeType, alt) {
    super({ node: document.createElement("img") });
    this.mimeType = mimeType;
    this.alt = alt;
  }

  /** @param {import("@jupyterlab/rendermime-interfaces").IRenderMime.IMimeModel} model */
  async renderModel(model) {
    const image = /** @type {HTMLImageElement} */ (this.node);
    const about = /** @type {any} */ (model.metadata[this.mimeType]) ?? {};
    image.alt = about.alt || this.alt;
    if (about.width) image.width = about.width;
    if (about.height) image.height = about.height;
    image.src = `data:${this.mimeType};base64,${String(model.data[this.mimeType]).trim()}`;
    await image.decode().catch(() => {});
  }
}

/**
 * The renderers of a cell: those of the widgets' manager, with our pictures.
 * @param {import("@jupyterlab/rendermime").IRenderMimeRegistry} renderers
 * @param {string} alt
 */
export function renderersFor(renderers, alt) {
  const own = renderers.clone({ latexTypesetter: typesetter, markdownParser });
  describePictures(own, alt);
  return own;
}

/**
 * @param {import("@jupyterlab/rendermime").IRenderMimeRegistry} renderers
 * @param {string} alt
 */
export function describePictures(renderers, alt) {
  renderers.addFactory(
    {
      safe: true,
      mimeTypes: IMAGES,
      createRenderer: ({ mimeType }) => new Picture(mimeType, alt),
    },
    0,
  );
}

/**
 * Show what a model holds, now and later; the view disposes itself with it.
 * @param {HTMLElement} host @param {OutputAreaModel} model
 * @param {import("@jupyterlab/rendermime").IRenderMimeRegistry} rendermime
 */
export function showOutputs(host, model, rendermime) {
  const view = new OutputArea({ model, rendermime });
  Widget.attach(view, host);
  return view;
}

export function newModel() {
  return new OutputAreaModel({ trusted: true });
}

/** Puts messages into models, and finds displays again that are updated. */
export class Outputs {
  /** @type {Map<string, {model: OutputAreaModel, place: number}[]>} */
  #displays = new Map();

  /**
   * @param {OutputAreaModel | undefined} model of the cell or widget that is answered to
   * @param {import("./kernel.js").Message} message
   */
  take(model, { type, content }) {
    if (type === "update_display_data") {
      for (const { model, place } of this.#displays.get(content.transient.display_id) ?? []) {
        model.set(place, { output_type: "display_data", ...shown(content) });
      }
    } else if (!model) {
      return;
    } else if (type === "clear_output") {
      this.forget(model);
      model.clear(content.wait);
    } else {
      const place = model.add({ output_type: type, ...shown(content) }) - 1;
      const name = content.transient?.display_id;
      if (name) this.#displays.set(name, [...(this.#displays.get(name) ?? []), { model, place }]);
    }
  }

  /** Forget the displays of a model that is emptied. @param {OutputAreaModel} model */
  forget(model) {
    for (const [name, places] of this.#displays) {
      const others = places.filter((place) => place.model !== model);
      if (others.length) this.#displays.set(name, others);
      else this.#displays.delete(name);
    }
  }
}

/** Outputs as nbformat has them: nothing that only a running kernel knows. @param {any} content */
function shown({ transient: _, ...content }) {
  return content;
}

/**
 * The outputs as a notebook stores them; of a widget, the words that stand for it.
 * @param {OutputAreaModel} model
 * @returns {any[]}
 */
export function stored(model) {
  return model.toJSON().map((output) => {
    const data = /** @type {any} */ (output).data;
    if (!data?.[WIDGET]) return output;
    const { [WIDGET]: _, ...rest } = data;
    return { ...output, data: rest };
  });
}
