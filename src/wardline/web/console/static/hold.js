// Hold to look: the picture is asked for when the button goes down and taken off the screen when it is let go.
// Without this file the button shows the picture once, for a few seconds.
"use strict";

let holding = null;
let handled = false;

function hold(button) {
  holding = button.closest("form");
  handled = true;
  holding.requestSubmit();
}

function letGo() {
  if (!holding) return;
  holding = null;
  const revealed = document.querySelector("[data-revealed]");
  revealed?.querySelector("figure *")?.remove();
  revealed?.querySelector("[data-cover]")?.click();
}

document.addEventListener("pointerdown", (event) => {
  const button = event.target.closest?.("[data-hold]");
  if (button && event.button === 0 && !holding) hold(button);
});
document.addEventListener("keydown", (event) => {
  if (event.key !== " " && event.key !== "Enter") return;
  if (holding) event.preventDefault();
  else if (event.target.matches?.("[data-hold]") && !event.repeat) {
    event.preventDefault();
    hold(event.target);
  }
}, true);
for (const name of ["pointerup", "pointercancel", "keyup"]) document.addEventListener(name, letGo);
window.addEventListener("blur", letGo);
document.addEventListener("visibilitychange", () => document.hidden && letGo());
document.addEventListener("contextmenu", (event) => holding && event.preventDefault());

// The click that ends a hold asks for nothing. One without a hold, by voice or by an aid, shows the picture once as without scripts.
document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-hold]");
  if (!button) return;
  event.preventDefault();
  if (!handled) HTMLFormElement.prototype.submit.call(button.closest("form"));
  handled = false;
}, true);

// Let go before the answer came: nothing of it is shown, and the log hears that it ended.
document.addEventListener("htmx:beforeSwap", (event) => {
  const form = event.detail.requestConfig?.elt;
  if (holding || !form?.querySelector?.("[data-hold]") || event.detail.xhr.status !== 200) return;
  event.detail.shouldSwap = false;
  navigator.sendBeacon(form.action.replace(/reveals$/, "coverings"), new URLSearchParams(new FormData(form)));
});
document.addEventListener("htmx:afterSwap", () => { handled = false; });
