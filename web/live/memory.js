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
export async function canKeep() {
  try {
    await navigator.storage.getDirectory();
    return true;
  } catch {
    return false;
  }
}

/**
 * The memory kept under this name, if any.
 * @param {string} name
 * @returns {Promise<Uint8Array<ArrayBuffer> | undefined>}
 */
export async function recall(name) {
  try {
    const file = await (await fileOf(name)).createSyncAccessHandle({ mode: "read-only" });
    try {
      const memory = new Uint8Array(await file.getSize());
      const whole = file.read(memory, { at: 0 }) === memory.length;
      return whole && memory.subarray(0, HEAD).some(Boolean) ? memory : undefined;
    } finally {
      await file.close();
    }
  } catch {
    return undefined; // none is kept, or another page is writing it
  }
}

/**
 * Keep a memory, and forget those of other versions of the book. A full disk
 * is no fault: the next page starts as the first did.
 * @param {string} name @param {Uint8Array<ArrayBuffer>} memory begins with anything but 0s
 */
export async function keep(name, memory) {
  await forget();
  let file;
  try {
    file = await (await fileOf(name, { create: true })).createSyncAccessHandle();
  } catch {
    return; // another page is writing it, or there is no place
  }
  let kept = false;
  try {
    await file.truncate(0);
    file.write(memory.subarray(HEAD), { at: HEAD });
    await file.flush();
    kept = (await file.getSize()) === memory.length && file.write(memory.subarray(0, HEAD), { at: 0 }) === HEAD;
  } catch {
    // no room
  }
  await file.close();
  if (!kept) await forget();
}

export async function forget() {
  try {
    const root = await navigator.storage.getDirectory();
    await root.removeEntry(STORE, { recursive: true });
  } catch {
    // nothing is kept here
  }
}

/**
 * Where what Python is made of has its addresses may depend on the browser.
 * @param {string} name @param {{create?: boolean}} [how]
 */
async function fileOf(name, how) {
  const root = await navigator.storage.getDirectory();
  const folder = await root.getDirectoryHandle(STORE, how);
  return folder.getFileHandle(`${name}-${navigator.userAgent.replace(/\W+/g, "-")}`, how);
}
