/** Fetching from the site, with a sentence where that fails. */

/** Where Pyodide's files are: from the place of this program, never from a message. */
export const FOLDER = new URL("../../pyodide/", import.meta.url).href;

export const ADVICE = "is there a connection? If there is, load the page again.";

/**
 * @param {string | URL} url
 * @returns {Promise<Response>} an answer that is there
 */
export async function fetchFile(url) {
  const name = String(url).split("?")[0].split("/").at(-1);
  let answer;
  try {
    answer = await fetch(url);
  } catch {
    throw new Error(`${name} could not be fetched: ${ADVICE}`);
  }
  if (!answer.ok) throw new Error(`${name} could not be fetched (${answer.status}): ${ADVICE}`);
  return answer;
}

/**
 * A module that is loaded late.
 * @template T
 * @param {Promise<T>} loading
 * @returns {Promise<T>}
 */
export async function loaded(loading) {
  try {
    return await loading;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error; // a browser's word for not found
    throw new Error(`a program of this page could not be fetched: ${ADVICE}`, { cause: error });
  }
}
