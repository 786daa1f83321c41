/* Small repairs that need the browser. */

/* Only what really scrolls sideways needs a place in the tab order. */
function focusWhatScrolls() {
  document.querySelectorAll("[tabindex='0']:is(div.math, pre)").forEach((box) => {
    if (box.scrollWidth <= box.clientWidth) box.removeAttribute("tabindex");
  });
}

/* What the theme's buttons had as inline handlers. */
const actions = { print: () => window.print(), toggleFullScreen: () => window.toggleFullScreen() };
document.querySelectorAll("[data-does]").forEach((button) => {
  button.addEventListener("click", actions[button.dataset.does]);
});

/* The theme takes the focus away from these buttons when they are pressed:
   whoever uses the keyboard would start again at the top of the page. */
document.querySelectorAll(".theme-switch-button, .search-button, .primary-toggle, .secondary-toggle").forEach((button) => {
  button.blur = () => {};
});

addEventListener("load", focusWhatScrolls);
