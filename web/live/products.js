/** Give NumPy quick matrix products: see matmul.ts. */
import program from "./matmul.wasm";
import script from "./products.py";

/** @param {any} python Pyodide, with NumPy installed */
export async function quickenProducts(python) {
  if (!WebAssembly.validate(program)) return; // a browser without SIMD: NumPy keeps its own
  const { instance } = await WebAssembly.instantiate(program, { env: { memory: python._module.memory } });
  const { float32, float64 } = instance.exports;
  const addresses = {
    float32: python._module.addFunction(float32, "viiii"),
    float64: python._module.addFunction(float64, "viiii"),
  };
  const globals = python.toPy({ addresses });
  python.runPython(script, { globals, filename: "products.py" });
}
