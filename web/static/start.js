/* What the theme writes into every page as inline scripts, which the
   content-security policy forbids. Runs before the page is drawn. */
document.documentElement.dataset.mode = localStorage.getItem("mode") || "auto";
document.documentElement.dataset.theme = localStorage.getItem("theme") || "auto";

/* read by sphinx-togglebutton */
let toggleHintShow = "Click to show";
let toggleHintHide = "Click to hide";
let toggleOpenOnPrint = "true";
let togglebuttonSelector = ".toggle, .admonition.dropdown";
