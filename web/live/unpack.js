/**
 * A thread that unpacks wheels while Python wakes up in another: it is sent
 * their names, and answers with their programs, compiled, then with their
 * files; or with what went wrong.
 */
import { unzipSync } from "fflate";
import { FOLDER, fetchFile } from "./fetching.js";

const PROGRAM = /\.so$/;

/** Folders, and files that no page can use: tests, headers, compilers, sample data, windows of Tk. */
const UNUSED = /\/$|\/tests?\/|\/(include|f2py|distutils|sample_data)\/|\.(pyi|h|a|pxd)$|\/_tkagg\./;

/** @param {string} name of a wheel in the folder of Pyodide */
async function fetchWheel(name) {
  const answer = await fetchFile(FOLDER + name);
  return new Uint8Array(await answer.arrayBuffer());
}

/** @param {Uint8Array} wheel @param {(name: string) => boolean} wanted */
function unpack(wheel, wanted) {
  return Object.entries(unzipSync(wheel, { filter: ({ name }) => !UNUSED.test(name) && wanted(name) }));
}

/** @param {Promise<Uint8Array>} wheel @returns {Promise<[string, WebAssembly.Module][]>} */
async function compile(wheel) {
  const found = unpack(await wheel, (name) => PROGRAM.test(name));
  return Promise.all(found.map(async ([name, content]) => [name, await WebAssembly.compile(content)]));
}

/** @param {MessageEvent<string[]>} event */
self.onmessage = async ({ data: names }) => {
  try {
    const wheels = names.map(fetchWheel);
    const programs = (await Promise.all(wheels.map(compile))).flat();
    self.postMessage({ programs });
    const files = (await Promise.all(wheels)).flatMap((wheel) => unpack(wheel, (name) => !PROGRAM.test(name)));
    for (const [name] of programs) files.push([name, new Uint8Array()]); // Python looks whether they are there
    self.postMessage({ files }, { transfer: [...new Set(files.map(([, content]) => content.buffer))] });
  } catch (error) {
    self.postMessage({ error: error instanceof Error ? error.message : String(error) });
  }
};
