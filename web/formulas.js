/* What sphinxcontrib-katex starts to set the formulas: it calls
   renderToString as KaTeX has it, and Temml answers with MathML. */
module.exports = require("temml");
