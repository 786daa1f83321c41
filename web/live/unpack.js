/**
 * A thread that unpacks wheels while Python wakes up in another: it is sent
 * their names, and answers with their files, or with what went wrong.
 */
import { unzipSync } from "fflate";
import { fetchFile } from "./fetching.js";

const FOLDER = new URL("../../pyodide/", import.meta.url).href;

/** Folders, and files that no page can use: tests, headers, compilers, sample data. */
const UNUSED = /\/$|\/tests?\/|\/(include|f2py|distutils|sample_data)\/|\.(pyi|h|a|pxd)$/;

/** @param {string} name of a wheel in the folder of Pyodide */
async function unpack(name) {
  const answer = await fetchFile(FOLDER + name);
  const wheel = new Uint8Array(await answer.arrayBuffer());
  return Object.entries(unzipSync(wheel, { filter: ({ name }) => !UNUSED.test(name) }));
}

/** @param {MessageEvent<string[]>} event */
self.onmessage = async ({ data: names }) => {
  try {
    const files = (await Promise.all(names.map(unpack))).flat();
    const memory = [...new Set(files.map(([, content]) => content.buffer))];
    self.postMessage({ files }, { transfer: memory });
  } catch (error) {
    self.postMessage({ error: error instanceof Error ? error.message : String(error) });
  }
};
