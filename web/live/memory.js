/**
 * The memory of a Python that has imported what every chapter needs, kept in
 * this browser: the next page starts from it instead of importing it again.
 *
 * It is a file of the browser's, which is read several times as quickly as an
 * entry of its caches. Its first bytes are written last: one that was cut off
 * begins with zeros, and counts as none.
 */
const STORE = "mfdl-python";
const HEAD = 16; // bytes

/** Is there a place to keep it? Not in some private windows, nor without https. */
export function canKeep() {
  return typeof navigator.storage?.getDirectory === "function";
}

/**
 * The memory kept under this name, if any.
 * @param {string} name
 * @returns {Promise<Uint8Array<ArrayBuffer> | undefined>}
 */
export async function recall(name) {
  try {
    const file = await open(await folder(), name);
    try {
      const memory = new Uint8Array(file.getSize());
      file.read(memory, { at: 0 });
      return memory.subarray(0, HEAD).some(Boolean) ? memory : undefined;
    } finally {
      file.close();
    }
  } catch {
    return undefined; // none is kept, or another page has it in hand
  }
}

/**
 * Keep a memory, and forget those of other versions of the book. A full disk
 * is no fault: the next page starts as the first did.
 * @param {string} name @param {Uint8Array<ArrayBuffer>} memory begins with anything but 0s
 */
export async function keep(name, memory) {
  try {
    await forget();
    const file = await open(await folder({ create: true }), name, { create: true });
    try {
      file.write(memory.subarray(HEAD), { at: HEAD });
      if (file.getSize() !== memory.length) throw new Error("no room");
      file.flush();
      file.write(memory.subarray(0, HEAD), { at: 0 });
    } finally {
      file.close();
    }
  } catch {
    await forget();
  }
}

export async function forget() {
  try {
    const root = await navigator.storage.getDirectory();
    await root.removeEntry(STORE, { recursive: true });
  } catch {
    // nothing is kept here
  }
}

/** @param {{create?: boolean}} [how] */
async function folder(how) {
  return (await navigator.storage.getDirectory()).getDirectoryHandle(STORE, how);
}

/**
 * @param {FileSystemDirectoryHandle} folder @param {string} name
 * @param {{create?: boolean}} [how]
 */
async function open(folder, name, how) {
  return (await folder.getFileHandle(name, how)).createSyncAccessHandle();
}
