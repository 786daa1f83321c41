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
 * @returns {Promise<{python: any, woken: boolean, install: () => Promise<void>}>}
 *   Pyodide, with IPython imported; whether from a memory; and what puts the files of the libraries in their places
 */
export async function startPython({ version, objects, say }) {
  const libraries = unpackLibraries(version);
  libraries.files.catch(() => {}); // told when they are installed, unless something else fails first
  /* the WebAssembly, too: where it does not arrive, Pyodide waits for ever */
  const [memory, archive, compiled, { loadPyodide }, { default: create }] = await Promise.all([
    recall(version),
    fetchFile(`${FOLDER}kernel.zip?v=${version}`).then((answer) => answer.arrayBuffer()),
    libraries.compiled,
    loaded(import(`${FOLDER}pyodide.mjs`)),
    loaded(import(`${FOLDER}pyodide.asm.mjs`)),
    compileEarly(`${FOLDER}pyodide.asm.wasm`),
  ]);
  const load = (/** @type {object} */ options) =>
    loadPyodide({
      indexURL: FOLDER,
      stdout() {},
      stderr() {},
      fsInit: async (/** @type {any} */ files) => files.writeFile("/lib/kernel.zip", new Uint8Array(archive)),
      createPyodideModule: async (/** @type {any} */ settings) => {
        const failed = new Promise((_, reject) => {
          settings.preRun.push((/** @type {any} */ module) => link(module, compiled).catch(reject));
        });
        const module = await Promise.race([create(settings), failed]); // itself it would wait for ever
        /* Pyodide copies the memory into one that is as large as at its first start */
        if (memory && module.HEAP8.length < memory.length) module.growMemory(memory.length);
        return module;
      },
      ...options,
    });
  const install = async () => installFiles(await libraries.files, python);
  /** @type {any} */
  let python;
  if (memory) {
    say("Waking Python as it was on your last page.");
    try {
      const deserialize = (/** @type {string} */ name) => objects[name];
      python = await load({ _loadSnapshot: memory, _snapshotDeserializer: deserialize });
      python.runPython(SHUFFLE);
      return { python, woken: true, install };
    } catch {
      await forget(); // damaged: start from scratch
    }
  }
  say("Fetching Python.");
  python = await load({ _makeSnapshot: canKeep() });
  python.runPython(IMPORT);
  return { python, woken: false, install };
}

/**
 * Not for nothing, but no need: a small machine may lack the room.
 * @param {any} python as it shall wake up
 * @param {string} version @param {Record<string, any>} objects as for startPython
 */
export function keepMemory(python, version, objects) {
  if (!canKeep()) return;
  const serializer = (/** @type {any} */ object) => {
    const name = Object.keys(objects).find((key) => objects[key] === object);
    if (!name) throw new Error("a memory has no place for this object");
    return name;
  };
  try {
    keep(version, python.makeMemorySnapshot({ serializer }));
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

/**
 * Link the compiled libraries before Python begins, always in this order:
 * their functions and data then have the same addresses in every start, which
 * a memory relies on. What a library does itself when it is loaded waits until
 * Python imports it, and is part of the memory thereafter.
 * @param {any} module Emscripten's @param {[string, WebAssembly.Module][]} libraries
 */
async function link(module, libraries) {
  module.addRunDependency("libraries");
  for (const [name, library] of libraries) {
    const path = `${SITE_PACKAGES}/${name}`;
    const exports = await module.loadWebAssemblyModule(library, { loadAsync: true, nodelete: true }, path, {});
    const construct = module.onPostCtors.pop();
    Object.defineProperty(module.preloadedWasm, path, {
      get() {
        construct();
        return exports;
      },
    });
  }
  module.removeRunDependency("libraries");
}

/**
 * Unpack the libraries in another thread, while Python starts. (Pyodide's own
 * loadPackage does it afterwards and in Python, which takes longer.)
 * @param {string} version
 * @returns {{compiled: Promise<[string, WebAssembly.Module][]>, files: Promise<[string, Uint8Array][]>}}
 *   by name: programs to link, which come first, and the files to install
 */
function unpackLibraries(version) {
  const program = new URL(`unpack.js?v=${version}`, import.meta.url);
  const thread = new Worker(program, { type: "module" });
  const parts = { compiled: later(), files: later() };
  const fail = (/** @type {Error} */ error) => Object.values(parts).forEach(({ reject }) => reject(error));
  thread.onmessage = ({ data }) => {
    if (data.error) fail(new Error(data.error));
    if (data.compiled) parts.compiled.resolve(data.compiled);
    if (data.files) parts.files.resolve(data.files);
  };
  thread.onerror = () => fail(new Error(`unpack.js could not be fetched: ${ADVICE}`));
  fetchFile(`${FOLDER}pyodide-lock.json?v=${version}`)
    .then((answer) => answer.json())
    .then((lock) => {
      const wheels = LIBRARIES.map((name) => lock.packages[name]);
      thread.postMessage(wheels.map((wheel) => `${wheel.file_name}?v=${wheel.sha256.slice(0, 16)}`));
    })
    .catch(fail);
  parts.files.promise.catch(() => {}).finally(() => thread.terminate());
  return { compiled: parts.compiled.promise, files: parts.files.promise };
}

/** A promise that is kept from outside. */
function later() {
  /** @type {(value: any) => void} */ let resolve = () => {};
  /** @type {(reason: Error) => void} */ let reject = () => {};
  const promise = new Promise((...ends) => ([resolve, reject] = ends));
  return { promise, resolve, reject };
}

/**
 * Put the libraries where Python finds them; what they need is in kernel.zip.
 * @param {[string, Uint8Array][]} files @param {any} python
 */
function installFiles(files, python) {
  for (const [name, content] of files) {
    const path = `${SITE_PACKAGES}/${name}`;
    python.FS.mkdirTree(path.slice(0, path.lastIndexOf("/")));
    python.FS.writeFile(path, content, { canOwn: true });
  }
  python.runPython("import importlib; importlib.invalidate_caches()");
}
