/** Start Pyodide with IPython in it: from the memory kept, or from scratch. */
import { FOLDER, fetchFile, loaded } from "./fetching.js";
import { Libraries } from "./libraries.js";
import { canKeep, forget, keep, recall } from "./memory.js";

/** What can be imported before those are there; it makes most of the start. */
const IMPORT = `
import sys
sys.path += ["/lib", "/lib/kernel.zip"]
import comm, cycler, dateutil.parser, dateutil.rrule, IPython, ipywidgets
import pyparsing
`;

/** A memory keeps its dice, too: each start throws anew. (Not the hash seed.) */
const SHUFFLE = `
import random, numpy
random.seed()
numpy.random.seed()
`;

/**
 * Memories are made and woken by Pyodide's private options _makeSnapshot and
 * _loadSnapshot: an update of Pyodide may change them.
 * @param {object} options
 * @param {string} options.version names the site's files: other files, other addresses
 * @param {Record<string, any>} options.objects of this thread that the memory knows, by name
 * @param {(what: string) => void} options.say what is going on
 * @returns {Promise<{python: any, woken: boolean, libraries: Libraries}>}
 *   Pyodide, with IPython imported; whether from a memory; and the libraries, to be installed
 */
export async function startPython({ version, objects, say }) {
  const libraries = new Libraries(version);
  /* the WebAssembly, too: where it does not arrive, Pyodide waits for ever */
  const [kept, archive, , { loadPyodide }, { default: create }] = await Promise.all([
    recall(version),
    fetchFile(`${FOLDER}kernel.zip?v=${version}`).then((answer) => answer.arrayBuffer()),
    libraries.programs,
    loaded(import(`${FOLDER}pyodide.mjs`)),
    loaded(import(`${FOLDER}pyodide.asm.mjs`)),
    compileEarly(`${FOLDER}pyodide.asm.wasm`),
  ]);
  let memory = kept;
  const load = (/** @type {object} */ options) =>
    loadPyodide({
      indexURL: FOLDER,
      stdout() {},
      stderr() {},
      fsInit: async (/** @type {any} */ files) => files.writeFile("/lib/kernel.zip", new Uint8Array(archive)),
      createPyodideModule: async (/** @type {any} */ settings) => {
        const failed = new Promise((_, reject) => {
          settings.preRun.push((/** @type {any} */ module) => libraries.link(module).catch(reject));
        });
        const module = await Promise.race([create(settings), failed]); // itself it would wait for ever
        /* Pyodide copies the memory into one that is as large as at its first start */
        if (memory && module.HEAP8.length < memory.length) module.growMemory(memory.length);
        return module;
      },
      ...options,
    });
  if (memory) {
    say("Waking Python as it was on your last page.");
    try {
      const deserialize = (/** @type {string} */ name) => objects[name];
      const python = await load({ _loadSnapshot: memory, _snapshotDeserializer: deserialize });
      libraries.reopen(python._module, JSON.parse(python.pyimport("sys").opened_libraries));
      python.runPython(SHUFFLE);
      delete python._api.config._loadSnapshot; // or the page would hold it twice
      return { python, woken: true, libraries };
    } catch (error) {
      console.info("Python could not be woken and starts anew:", error);
      await forget();
    } finally {
      memory = undefined;
    }
  }
  say("Fetching Python.");
  const python = await load({ _makeSnapshot: await canKeep() });
  python.runPython(IMPORT);
  return { python, woken: false, libraries };
}

/**
 * Not for nothing, but no need: a small machine may lack the room.
 * @param {any} python as it shall wake up
 * @param {Libraries} libraries @param {string} version @param {Record<string, any>} objects as for startPython
 */
export async function keepMemory(python, libraries, version, objects) {
  if (!(await canKeep())) return;
  const serializer = (/** @type {any} */ object) => {
    const name = Object.keys(objects).find((key) => objects[key] === object);
    if (!name) throw new Error("a memory has no place for this object");
    return name;
  };
  try {
    python.pyimport("sys").opened_libraries = JSON.stringify(libraries.opened(python._module));
    await keep(version, python.makeMemorySnapshot({ serializer }));
  } catch {
    // the next page starts as this one
  }
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
