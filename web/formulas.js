/* What sphinxcontrib-katex starts to set the formulas: it calls
   renderToString as KaTeX has it, and Temml answers with MathML. */
module.exports = require("temml");

/* A server that was started twice must not outlive the build, which would
   wait for it: it ends when the one who started it is gone. */
process.stdin.on("end", () => process.exit()).resume();
