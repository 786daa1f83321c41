// Run rehearse.py in Pyodide: node rehearse.mjs PYODIDE_FOLDER SCRIPT OUT
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [folder, script, out] = process.argv.slice(2);
try {
  const url = pathToFileURL(join(folder, "pyodide.mjs"));
  const { loadPyodide } = await import(url);
  const python = await loadPyodide({ indexURL: folder, stdout() {} });
  const lock = JSON.parse(readFileSync(join(folder, "pyodide-lock.json")));
  await python.loadPackage(Object.keys(lock.packages), {
    messageCallback() {},
  });
  python.mountNodeFS("/out", out);
  await python.runPythonAsync(readFileSync(script, "utf8"));
  process.exit(0);
} catch (error) {
  // Python's last line names the error; Node would print the whole module.
  const line = String(error.message).trim().split("\n").at(-1);
  console.error(`${error.type ?? error.name}: ${line}`);
  process.exit(1);
}
