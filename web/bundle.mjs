/* Bundle what every page loads:

   node web/bundle.mjs SITE SHEET...

   SITE/_static/site.css   the style sheets (paths below SITE, in the order in
                           which they apply), without the rules that no page
                           and no script can use; its fonts stand in site/
   SITE/_static/dropdown.js  the one part of Bootstrap that the pages use

   Prints esbuild's account of what is in the script, as JSON. */
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { build } from "esbuild";
import { PurgeCSS } from "purgecss";

const [site, ...sheets] = process.argv.slice(2);
const outdir = path.join(site, "_static");

const { metafile } = await build({
  stdin: { contents: 'import "bootstrap/js/dist/dropdown.js";', resolveDir: import.meta.dirname },
  outfile: path.join(outdir, "dropdown.js"),
  bundle: true,
  minify: true,
  legalComments: "none", // licenses.py names them all
  metafile: true,
});

const { outputFiles } = await build({
  stdin: {
    contents: sheets.map((sheet) => `@import "./${sheet}";`).join("\n"),
    loader: "css",
    resolveDir: site,
  },
  outfile: path.join(outdir, "site.css"),
  assetNames: "site/[name]",
  bundle: true,
  minify: true,
  write: false,
  loader: { ".woff2": "file", ".ttf": "file", ".svg": "dataurl", ".png": "file" },
});
const joined = outputFiles.find((file) => file.path.endsWith(".css"));
const assets = outputFiles.filter((file) => file !== joined);

const [purged] = await new PurgeCSS().purge({
  css: [{ raw: joined.text }],
  content: [`${site}/search.html`, `${site}/book/**/*.html`, `${site}/_static/**/*.js`],
  keyframes: true,
});
await mkdir(path.join(outdir, "site"), { recursive: true });
await Promise.all(assets.map((file) => writeFile(file.path, file.contents)));
await writeFile(joined.path, purged.css);
console.log(JSON.stringify(metafile));
