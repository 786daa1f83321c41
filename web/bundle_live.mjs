/**
 * Bundle the browser code of live pages: node web/bundle_live.mjs FOLDER
 *
 * Prints esbuild's account of what is in the bundle, as JSON.
 *
 * Four entries: `page.js`, small, which every page with code loads; what the
 * page needs after the click (editor, widgets), `session.js`; and the threads,
 * `worker.js` that runs Python and `unpack.js` that helps it.
 */
import { build } from "esbuild";

const IPYWIDGETS_7 = /^@jupyter-widgets\/(base|controls)7/;

/** The widgets' manager carries ipywidgets 7, too: the book has only 8. */
const withoutIpywidgets7 = {
  name: "without-ipywidgets-7",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: IPYWIDGETS_7 }, ({ path }) => ({ path, namespace: "unused" }));
    onLoad({ filter: /.*/, namespace: "unused" }, () => ({ contents: "" }));
  },
};

const [, , outdir] = process.argv;
if (!outdir) {
  console.error("expected a folder: node web/bundle_live.mjs FOLDER");
  process.exit(2);
}
const result = await build({
  entryPoints: ["page", "session", "worker", "unpack"].map((name) => `web/live/${name}.js`),
  outdir,
  bundle: true,
  format: "esm",
  minify: true,
  legalComments: "none", // web/licenses.py names them all
  metafile: true,
  target: ["chrome110", "firefox114", "safari16"],
  assetNames: "[name]-[hash]",
  loader: { ".py": "text", ".wasm": "binary", ".svg": "text", ".ttf": "file", ".woff": "file", ".woff2": "file", ".eot": "empty" },
  plugins: [withoutIpywidgets7],
  define: { "process.env.NODE_ENV": '"production"' },
  logLevel: "warning",
});
console.log(JSON.stringify(result.metafile));
