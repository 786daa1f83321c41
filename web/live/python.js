/** Start Pyodide with IPython in it: from the memory kept, or from scratch. */
import { ADVICE, fetchFile, loaded } from "./fetching.js";
import { canKeep, forget, keep, recall } from "./memory.js";

/** Where Pyodide's files are: from the place of this program, never from a message. */
const FOLDER = new URL("../../pyodide/", import.meta.url).href;

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

/** A memory keeps its dice, too: each start throws anew. (Not the hash seed.) */
const SHUFFLE = `
import random
random.seed()
`;

/**
 * Memories are made and woken by Pyodide's private options _makeSnapshot and
 * _loadSnapshot: an update of Pyodide may change them.
 * @param {object} options
 * @param {string} options.version names the site's files: other files, other addresses
 * @param {string} options.memory names the memory of a Python made of these files
 * @param {(what: string) => void} options.say what is going on
 * @returns {Promise<any>} Pyodide, with IPython imported
 */
export async function startPython({ version, memory: name, say }) {
  /* the WebAssembly, too: where it does not arrive, Pyodide waits for ever */
  const [memory, archive, { loadPyodide }, { default: create }] = await Promise.all([
    recall(name),
    fetchFile(`${FOLDER}kernel.zip?v=${version}`).then((answer) => answer.arrayBuffer()),
    loaded(import(`${FOLDER}pyodide.mjs`)),
    loaded(import(`${FOLDER}pyodide.asm.mjs`)),
    compileEarly(`${FOLDER}pyodide.asm.wasm`),
  ]);
  const options = {
    indexURL: FOLDER,
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
  if (canKeep()) keepMemory(name, python);
  return python;
}

/**
 * Compile Pyodide's WebAssembly while it arrives, and have Pyodide use this.
 * (Itself it would begin later, and wait for ever for one that does not
 * arrive, or comes under a wrong type, as from some servers.)
 * @param {string} url
 */
async function compileEarly(url) {
  const answer = await fetchFile(url);
  const typed = answer.headers.get("content-type") === "application/wasm";
  const compiled = await (typed ? WebAssembly.compileStreaming(answer) : WebAssembly.compile(await answer.arrayBuffer()));
  WebAssembly.instantiateStreaming = async (_, imports) => ({
    module: compiled,
    instance: await WebAssembly.instantiate(compiled, imports),
  });
}

/** Not for nothing, but no need: a small machine may lack the room. @param {string} name @param {any} python */
function keepMemory(name, python) {
  try {
    keep(name, python.makeMemorySnapshot());
  } catch {
    // the next page starts as this one
  }
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
 * @param {string} version
 * @returns {Promise<[string, Uint8Array][]>} name and content of each file
 */
export async function unpackLibraries(version) {
  const lock = await (await fetchFile(`${FOLDER}pyodide-lock.json?v=${version}`)).json();
  const program = new URL(`unpack.js?v=${version}`, import.meta.url);
  const thread = new Worker(program, { type: "module" });
  try {
    return await new Promise((resolve, reject) => {
      thread.onmessage = ({ data }) => (data.error ? reject(new Error(data.error)) : resolve(data.files));
      thread.onerror = () => reject(new Error(`unpack.js could not be fetched: ${ADVICE}`));
      const wheels = LIBRARIES.map((name) => lock.packages[name]);
      thread.postMessage(wheels.map((wheel) => `${wheel.file_name}?v=${wheel.sha256.slice(0, 16)}`));
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
