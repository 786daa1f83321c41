/* Small repairs that need the browser. */

/* Only what really scrolls sideways needs a place in the tab order. */
function focusWhatScrolls() {
  document.querySelectorAll("[tabindex='0']:is(div.math, pre)").forEach((box) => {
    if (box.scrollWidth <= box.clientWidth) box.removeAttribute("tabindex");
  });
}

addEventListener("load", focusWhatScrolls);
