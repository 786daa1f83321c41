/**
 * The thread that runs Python: Pyodide, and in it pyodide_kernel, the IPython
 * of JupyterLite. Answers "start", "run" and "comm", one after another.
 */
import source from "./bridge.py";
import { forget } from "./memory.js";
import { quickenProducts } from "./products.js";
import { keepMemory, startPython } from "./python.js";

/** @type {any} */
let python;
/** The module bridge.py. @type {any} */
let bridge;
/** @type {Awaited<ReturnType<typeof startPython>> | undefined} */
let started;
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

/** What Python knows of this thread, by name: it is the same in each start. */
const objects = { page: { publish }, publish };

/**
 * Import what most cells need, and keep all this for the next page; if it
 * fails, the cell that needs it says so.
 * @param {string} version
 */
async function foresee(version) {
  if (!started) return;
  try {
    if (started.woken) {
      await started.libraries.install(python);
    } else {
      bridge.foresee();
      await keepMemory(python, started.libraries, version, objects);
    }
    await quickenProducts(python);
  } catch (error) {
    console.error("what cells need is not ready:", error);
    await doubt();
  }
}

/** Perhaps it is the memory that is at fault: the next start goes without. */
async function doubt() {
  if (started?.woken) await forget();
}

const operations = {
  /** @param {{version: string, bytes: number, notebook: string}} message */
  async start({ version, bytes, notebook }) {
    const { say, end } = watchFetching(bytes);
    progress(0, "Fetching Python.");
    try {
      started = await startPython({ version, objects, say });
      python = started.python;
      python.FS.writeFile("/lib/live_bridge.py", source);
      if (!started.woken) {
        python.registerJsModule("page", objects.page);
        say("Unpacking NumPy and Matplotlib.");
        await started.libraries.install(python);
      }
      bridge = python.pyimport("live_bridge");
      progress(0.9, "Almost there.");
      bridge.start(notebook);
    } finally {
      end();
    }
    return { status: "ok" };
  },

  /** @param {{code: string, parent: string}} message */
  async run({ code, parent }) {
    const [status, count] = (await bridge.run(code, parent)).toJs();
    return { status, count };
  },

  /** @param {{content: object, buffers: ArrayBuffer[], parent: string}} message */
  async comm({ content, buffers, parent }) {
    bridge.comm(JSON.stringify(content), buffers, parent);
    return { status: "ok" };
  },
};

/** @param {MessageEvent} event */
self.onmessage = ({ data }) => {
  queue = queue.then(async () => {
    try {
      const operation = operations[/** @type {keyof typeof operations} */ (data.operation)];
      postMessage({ type: "reply", id: data.id, result: await operation(data) });
      if (data.operation === "start") await foresee(data.version); // while the reader looks for a cell
    } catch (error) {
      await doubt();
      postMessage({ type: "reply", id: data.id, error: inShort(error) });
    }
  });
};
