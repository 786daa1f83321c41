/** Start Pyodide with IPython in it: from the memory kept, or from scratch. */
import { unzipSync } from "fflate";
import { canKeep, forget, keep, recall } from "./memory.js";

/** The libraries with compiled parts, and the book's package. */
const LIBRARIES = ["numpy", "contourpy", "kiwisolver", "pillow", "matplotlib", "mfdl"];

const SITE_PACKAGES = "/lib/python3.14/site-packages";
/** Folders, and files that no page can use: tests, headers, compilers, sample data. */
const UNUSED = /\/$|\/tests?\/|\/(include|f2py|distutils|sample_data)\/|\.(pyi|h|a|pxd)$/;

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
    fetchBytes(`${folder}kernel.zip`),
    import(`${folder}pyodide.mjs`),
    import(`${folder}pyodide.asm.mjs`),
  ]);
  const options = {
    indexURL: folder,
    stdout() {},
    stderr() {},
    fsInit: async (/** @type {any} */ files) => files.writeFile("/lib/kernel.zip", archive),
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
 * Unpack the libraries; what they need is in kernel.zip. (Pyodide's own
 * loadPackage does it in Python, which takes twice as long.)
 * @param {any} python @param {string} folder
 */
export async function loadLibraries(python, folder) {
  const { packages } = python.lockfile;
  const wheels = LIBRARIES.map((name) => fetchBytes(folder + packages[name].file_name));
  for (const wheel of wheels) {
    const files = unzipSync(await wheel, { filter: ({ name }) => !UNUSED.test(name) });
    for (const [name, content] of Object.entries(files)) {
      const path = `${SITE_PACKAGES}/${name}`;
      python.FS.mkdirTree(path.slice(0, path.lastIndexOf("/")));
      python.FS.writeFile(path, content, { canOwn: true });
    }
  }
  python.runPython("import importlib; importlib.invalidate_caches()");
}

/** @param {string} url */
async function fetchBytes(url) {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${url} could not be fetched (${answer.status}).`);
  return new Uint8Array(await answer.arrayBuffer());
}
