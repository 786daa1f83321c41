/**
 * The thread that runs Python: Pyodide, and in it pyodide_kernel, the IPython
 * of JupyterLite. Answers "start", "run" and "comm", one after another.
 */
import bridge from "./bridge.py";

/** What the kernel itself needs; the book's packages come right after. */
const KERNEL = ["pyodide-kernel", "ipykernel", "comm", "ipython", "ipywidgets"];
const BOOK = ["numpy", "matplotlib", "pillow", "mfdl"];

/** @type {any} */
let python;
let queue = Promise.resolve();

/** @param {number} done @param {string} what */
function progress(done, what) {
  postMessage({ type: "progress", done, what });
}

/** Python's way to publish; see bridge.py. */
function publish(/** @type {string} */ type, /** @type {string} */ content, /** @type {string} */ parent, /** @type {any} */ buffers) {
  postMessage({ type, content: JSON.parse(content), parent, buffers: buffers ?? [] });
}

const operations = {
  /** @param {{pyodide: string, notebook: string}} message */
  async start({ pyodide, notebook }) {
    progress(0.02, "Fetching Python.");
    const { loadPyodide } = await import(`${pyodide}pyodide.mjs`);
    const silent = { stdout() {}, stderr() {} };
    python = await loadPyodide({ indexURL: pyodide, ...silent });
    progress(0.4, "Fetching its libraries.");
    const quiet = { messageCallback() {}, checkIntegrity: true };
    await python.loadPackage([...KERNEL, ...BOOK], quiet);
    progress(0.7, "Waking it up.");
    python.registerJsModule("page", { publish });
    await python.runPythonAsync(bridge, { filename: "bridge.py" });
    await python.globals.get("start")(notebook);
    return { status: "ok" };
  },

  /** @param {{code: string, parent: string}} message */
  async run({ code, parent }) {
    const [status, count] = (await python.globals.get("run")(code, parent)).toJs();
    return { status, count };
  },

  /** @param {{content: object, buffers: ArrayBuffer[], parent: string}} message */
  async comm({ content, buffers, parent }) {
    python.globals.get("comm")(JSON.stringify(content), buffers, parent);
    return { status: "ok" };
  },
};

/** @param {MessageEvent} event */
self.onmessage = ({ data }) => {
  queue = queue.then(async () => {
    try {
      const operation = operations[/** @type {keyof typeof operations} */ (data.operation)];
      postMessage({ type: "reply", id: data.id, result: await operation(data) });
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      postMessage({ type: "reply", id: data.id, error: text.trim().split("\n").pop() });
    }
  });
};
