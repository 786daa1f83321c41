/**
 * The memory of a Python that has just woken up, kept in this browser: the
 * next page starts from it instead of importing everything again.
 */
const STORE = "mfdl-python";

/** Is there a place to keep it? Not in private windows, nor without https. */
export function canKeep() {
  return typeof globalThis.caches === "object";
}

/**
 * The memory kept under this name, if any.
 * @param {string} name
 * @returns {Promise<Uint8Array<ArrayBuffer> | undefined>}
 */
export async function recall(name) {
  try {
    const kept = await (await caches.open(STORE)).match(address(name));
    return kept && new Uint8Array(await kept.arrayBuffer());
  } catch {
    return undefined;
  }
}

/**
 * Keep a memory, and forget those of other versions of the book. A full disk
 * is no fault: the next page starts as the first did.
 * @param {string} name @param {Uint8Array<ArrayBuffer>} memory
 */
export async function keep(name, memory) {
  try {
    await forget();
    await (await caches.open(STORE)).put(address(name), new Response(memory));
  } catch {
    await forget();
  }
}

export async function forget() {
  try {
    await caches.delete(STORE);
  } catch {
    // nothing is kept here
  }
}

/** A cache knows what it keeps by address. @param {string} name */
function address(name) {
  return `https://memory.invalid/${name}`;
}
