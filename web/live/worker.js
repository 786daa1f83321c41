/**
 * The thread that runs Python: Pyodide, and in it pyodide_kernel, the IPython
 * of JupyterLite. Answers "start", "run" and "comm", one after another.
 */
import bridge from "./bridge.py";
import { forget } from "./memory.js";
import { quickenProducts } from "./products.js";
import { install, startPython, unpackLibraries } from "./python.js";

/** @type {any} */
let python;
let queue = Promise.resolve();

/** @param {number} done from 0 to 1 @param {string} what */
function progress(done, what) {
  postMessage({ type: "progress", done, what });
}

/** Tell how much has been fetched; it is most of the wait. @param {number} bytes */
function watchFetching(bytes) {
  let fetched = 0;
  let what = "Fetching Python.";
  const observer = new PerformanceObserver((list) => {
    list.getEntries().forEach((entry) => {
      fetched += /** @type {PerformanceResourceTiming} */ (entry).decodedBodySize;
    });
    progress(0.8 * Math.min(1, fetched / bytes), what);
  });
  observer.observe({ type: "resource", buffered: true });
  return {
    say(/** @type {string} */ now) {
      what = now;
    },
    end: () => observer.disconnect(),
  };
}

/** Python's way to publish; see bridge.py. */
function publish(/** @type {string} */ type, /** @type {string} */ content, /** @type {string} */ parent, /** @type {any} */ buffers) {
  postMessage({ type, content: JSON.parse(content), parent, buffers: buffers ?? [] });
}

/** Of a traceback of Python, the line that names the exception. @param {unknown} error */
function inShort(error) {
  const lines = String(error instanceof Error ? error.message : error).trim().split("\n");
  return lines.findLast((line) => /^\w*(Error|Exception)\b/.test(line)) ?? lines.at(-1);
}

/** What most cells need; if it fails, the cell that needs it says so. */
async function foresee() {
  try {
    await python.globals.get("foresee")();
    await quickenProducts(python);
  } catch (error) {
    console.error("what cells need is not ready:", error);
  }
}

const operations = {
  /** @param {{version: string, memory: string, bytes: number, notebook: string}} message */
  async start({ version, memory, bytes, notebook }) {
    const { say, end } = watchFetching(bytes);
    progress(0, "Fetching Python.");
    const libraries = unpackLibraries(version);
    libraries.catch(() => {}); // told below, unless Python itself fails first
    try {
      python = await startPython({ version, memory, say });
      python.registerJsModule("page", { publish });
      await python.runPythonAsync(bridge, { filename: "bridge.py" });
      say("Unpacking NumPy and Matplotlib.");
      install(python, await libraries);
      progress(0.9, "Almost there.");
      await python.globals.get("start")(notebook);
    } catch (error) {
      await forget(); // if the memory is at fault, the next try goes without
      throw error;
    } finally {
      end();
    }
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
      if (data.operation === "start") await foresee(); // while the reader looks for a cell
    } catch (error) {
      postMessage({ type: "reply", id: data.id, error: inShort(error) });
    }
  });
};
