/* What the theme writes into every page as inline scripts, which the
   content-security policy forbids. Runs before the page is drawn. */
document.documentElement.dataset.mode = localStorage.getItem("mode") || "auto";
document.documentElement.dataset.theme = localStorage.getItem("theme") || "auto";

/* read by sphinx-togglebutton */
Object.assign(window, {
  toggleHintShow: "Click to show",
  toggleHintHide: "Click to hide",
  toggleOpenOnPrint: "true",
  togglebuttonSelector: ".toggle, .admonition.dropdown",
});
