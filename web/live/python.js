/** Start Pyodide with IPython in it: from the memory kept, or from scratch. */
import { canKeep, forget, keep, recall } from "./memory.js";

/** The libraries with compiled parts, and the book's package. */
const LIBRARIES = ["numpy", "contourpy", "kiwisolver", "pillow", "matplotlib", "mfdl"];

const SITE_PACKAGES = "/lib/python3.14/site-packages";

/** What can be imported before those are there; it makes most of the start. */
const IMPORT = `
import sys
sys.path.append("/lib/kernel.zip")
import comm, cycler, dateutil.parser, dateutil.rrule, IPython, ipywidgets
import pyparsing
`;

/** A memory keeps its dice, too: each start throws anew. */
const SHUFFLE = `
import random
random.seed()
`;

/**
 * @param {object} options
 * @param {string} options.folder where Pyodide's files are, with "/" at its end
 * @param {string} options.version names these files: another version, another memory
 * @param {(what: string) => void} options.say what is going on
 * @returns {Promise<any>} Pyodide, with IPython imported
 */
export async function startPython({ folder, version, say }) {
  const [memory, archive, { loadPyodide }, { default: create }] = await Promise.all([
    recall(version),
    fetchFile(`${folder}kernel.zip`).then((answer) => answer.arrayBuffer()),
    import(`${folder}pyodide.mjs`),
    import(`${folder}pyodide.asm.mjs`),
  ]);
  const options = {
    indexURL: folder,
    stdout() {},
    stderr() {},
    fsInit: async (/** @type {any} */ files) => files.writeFile("/lib/kernel.zip", new Uint8Array(archive)),
  };
  if (memory) {
    say("Waking Python as it was on your last page.");
    try {
      return await wake(loadPyodide, create, options, memory);
    } catch {
      await forget(); // damaged: start from scratch
    }
  }
  say("Fetching Python.");
  const python = await loadPyodide({ ...options, _makeSnapshot: canKeep() });
  python.runPython(IMPORT);
  if (canKeep()) keep(version, python.makeMemorySnapshot());
  return python;
}

/**
 * @param {(options: object) => Promise<any>} loadPyodide
 * @param {(settings: object) => Promise<any>} create
 * @param {object} options @param {Uint8Array} memory
 */
async function wake(loadPyodide, create, options, memory) {
  const python = await loadPyodide({
    ...options,
    _loadSnapshot: memory,
    /* Pyodide copies the memory into one that is as large as at its first start */
    createPyodideModule: async (/** @type {object} */ settings) => {
      const module = await create(settings);
      if (module.HEAP8.length < memory.length) module.growMemory(memory.length);
      return module;
    },
  });
  python.runPython(SHUFFLE);
  return python;
}

/**
 * Unpack the libraries in another thread, while Python starts. (Pyodide's own
 * loadPackage does it afterwards and in Python, which takes longer.)
 * @param {string} folder
 * @returns {Promise<[string, Uint8Array][]>} name and content of each file
 */
export async function unpackLibraries(folder) {
  const lock = await (await fetchFile(`${folder}pyodide-lock.json`)).json();
  const thread = new Worker(new URL("unpack.js", import.meta.url), { type: "module" });
  try {
    return await new Promise((resolve, reject) => {
      thread.onmessage = ({ data }) => (data.error ? reject(new Error(data.error)) : resolve(data.files));
      thread.onerror = () => reject(new Error("a program of the page could not be loaded; is there a connection?"));
      thread.postMessage(LIBRARIES.map((name) => folder + lock.packages[name].file_name));
    });
  } finally {
    thread.terminate();
  }
}

/**
 * Put the libraries where Python finds them; what they need is in kernel.zip.
 * @param {any} python @param {[string, Uint8Array][]} files
 */
export function install(python, files) {
  for (const [name, content] of files) {
    const path = `${SITE_PACKAGES}/${name}`;
    python.FS.mkdirTree(path.slice(0, path.lastIndexOf("/")));
    python.FS.writeFile(path, content, { canOwn: true });
  }
  python.runPython("import importlib; importlib.invalidate_caches()");
}

/** @param {string} url */
async function fetchFile(url) {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${url} could not be fetched (${answer.status}).`);
  return answer;
}
