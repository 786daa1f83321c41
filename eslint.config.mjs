import js from "@eslint/js";

const browser = ["Blob", "IntersectionObserver", "URL", "Worker", "console", "document", "PerformanceObserver", "Response", "addEventListener", "atob", "caches", "fetch", "globalThis", "history", "location", "postMessage", "self", "setTimeout", "structuredClone", "window"];

export default [
  js.configs.recommended,
  {
    files: ["web/**/*.js", "tests/web/live/*.mjs", "tests/**/*.mjs", "tools/*.mjs"],
    languageOptions: { globals: Object.fromEntries([...browser, "process"].map((name) => [name, "readonly"])) },
    rules: { eqeqeq: "error", "no-var": "error", "prefer-const": "error", "no-unused-vars": ["error", { varsIgnorePattern: "^_", argsIgnorePattern: "^_" }] },
  },
];
