import js from "@eslint/js";

/** Names that the surroundings of a file provide. */
const readonly = (...names) => Object.fromEntries(names.map((name) => [name, "readonly"]));
const browser = readonly(
  "Blob", "IntersectionObserver", "MutationObserver", "PerformanceObserver", "URL", "WebAssembly", "Worker", "addEventListener",
  "atob", "console", "document", "fetch", "globalThis", "history", "localStorage", "location", "navigator", "performance", "postMessage",
  "self", "setTimeout", "window",
);
const node = readonly("URL", "console", "globalThis", "process", "setTimeout", "structuredClone");

export default [
  js.configs.recommended,
  {
    rules: {
      eqeqeq: "error",
      "no-var": "error",
      "prefer-const": "error",
      "no-unused-vars": ["error", { varsIgnorePattern: "^_", argsIgnorePattern: "^_" }],
    },
  },
  { files: ["web/live/*.js", "web/static/*.js", "benchmarks/*.js"], languageOptions: { globals: browser } },
  { files: ["**/*.mjs"], languageOptions: { globals: node } },
  { files: ["web/formulas.js"], languageOptions: { sourceType: "commonjs", globals: readonly("module", "process", "require") } },
];
