import { ADVICE, FOLDER, fetchFile } from "./fetching.js";

const NAMES = ["numpy", "contourpy", "kiwisolver", "pillow", "matplotlib", "mfdl"];

const SITE_PACKAGES = "/lib/python3.14/site-packages";

/**
 * The libraries with compiled parts, and the book's package; what they need
 * is in kernel.zip. They are unpacked in another thread, while Python starts.
 * (Pyodide's own loadPackage does it afterwards and in Python, which takes
 * longer.)
 */
export class Libraries {
  /** What each compiled part exports, by its path. @type {Map<string, object>} */
  #exports = new Map();

  /** @param {string} version names the site's files: other files, other addresses */
  constructor(version) {
    const thread = new Worker(new URL(`unpack.js?v=${version}`, import.meta.url), { type: "module" });
    const programs = later();
    const files = later();
    const fail = (/** @type {Error} */ error) => [programs, files].forEach(({ reject }) => reject(error));
    thread.onmessage = ({ data }) => {
      if (data.error) fail(new Error(data.error));
      if (data.programs) programs.resolve(data.programs);
      if (data.files) files.resolve(data.files);
    };
    thread.onerror = () => fail(new Error(`unpack.js could not be fetched: ${ADVICE}`));
    fetchFile(`${FOLDER}pyodide-lock.json?v=${version}`)
      .then((answer) => answer.json())
      .then((lock) => {
        const wheels = NAMES.map((name) => lock.packages[name]);
        thread.postMessage(wheels.map((wheel) => `${wheel.file_name}?v=${wheel.sha256.slice(0, 16)}`));
      })
      .catch(fail);
    /** The compiled parts, to be linked. @type {Promise<[string, WebAssembly.Module][]>} */
    this.programs = programs.promise;
    /** All else, to be installed. @type {Promise<[string, Uint8Array][]>} */
    this.files = files.promise;
    this.files.catch(() => {}).finally(() => thread.terminate());
  }

  /**
   * Link the compiled parts before Python begins, always in this order: their
   * functions and data then have the same addresses in every start, which a
   * memory relies on. What a library does itself when it is loaded waits until
   * Python opens it, and is part of the memory thereafter.
   * @param {any} module Emscripten's
   */
  async link(module) {
    module.addRunDependency("libraries");
    const others = module.onPostCtors.length;
    for (const [name, program] of await this.programs) {
      const path = `${SITE_PACKAGES}/${name}`;
      const exports = await module.loadWebAssemblyModule(program, { loadAsync: true, nodelete: true }, path, {});
      const construct = module.onPostCtors.length > others ? module.onPostCtors.pop() : () => {};
      this.#exports.set(path, exports);
      Object.defineProperty(module.preloadedWasm, path, {
        get() {
          construct();
          return exports;
        },
      });
    }
    module.removeRunDependency("libraries");
  }

  /** Handle and path of those that Python has opened. @param {any} module */
  opened(module) {
    const handles = Object.entries(module.LDSO.loadedLibsByHandle);
    return handles.map(([handle, { name }]) => [handle, name]).filter(([, path]) => this.#exports.has(path));
  }

  /**
   * Let the handles that a memory holds stand for what they stood for.
   * @param {any} module @param {[handle: string, path: string][]} opened
   */
  reopen(module, opened) {
    for (const [handle, path] of opened) {
      module.newDSO(path, handle, this.#exports.get(path)).global = false;
    }
  }

  /** Put the files where Python finds them. @param {any} python */
  async install(python) {
    for (const [name, content] of await this.files) {
      const path = `${SITE_PACKAGES}/${name}`;
      python.FS.mkdirTree(path.slice(0, path.lastIndexOf("/")));
      python.FS.writeFile(path, content, { canOwn: true });
    }
    python.runPython("import importlib; importlib.invalidate_caches()");
  }
}

/** A promise that is kept from outside. */
function later() {
  /** @type {(value: any) => void} */ let resolve = () => {};
  /** @type {(reason: Error) => void} */ let reject = () => {};
  const promise = new Promise((...ends) => ([resolve, reject] = ends));
  return { promise, resolve, reject };
}
