/* What sphinxcontrib-katex starts to set the formulas: it calls
   renderToString as KaTeX has it, and Temml answers with MathML. */
const temml = require("temml");

/* As operators, dots would have the wide margins of a relation: "1,  … ,n". */
const DOTS = /<mo>([…⋯])<\/mo>/g;

module.exports = {
  ...temml,
  renderToString: (latex, options) =>
    temml.renderToString(latex, options).replace(DOTS, "<mi>$1</mi>"),
};

/* A server that was started twice must not outlive the build, which would
   wait for it: it ends when the one who started it is gone. */
process.stdin.on("end", () => process.exit()).resume();
