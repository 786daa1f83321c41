/**
 * A thread that unpacks wheels while Python wakes up in another: it is sent
 * their addresses, and answers with their files, or with what went wrong.
 */
import { unzipSync } from "fflate";

/** Folders, and files that no page can use: tests, headers, compilers, sample data. */
const UNUSED = /\/$|\/tests?\/|\/(include|f2py|distutils|sample_data)\/|\.(pyi|h|a|pxd)$/;

/** @param {string} url */
async function unpack(url) {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${url} could not be fetched (${answer.status}).`);
  const wheel = new Uint8Array(await answer.arrayBuffer());
  return Object.entries(unzipSync(wheel, { filter: ({ name }) => !UNUSED.test(name) }));
}

/** @param {MessageEvent<string[]>} event */
self.onmessage = async ({ data: urls }) => {
  try {
    const files = (await Promise.all(urls.map(unpack))).flat();
    const memory = [...new Set(files.map(([, content]) => content.buffer))];
    self.postMessage({ files }, { transfer: memory });
  } catch (error) {
    self.postMessage({ error: error instanceof Error ? error.message : String(error) });
  }
};
