// Keys as comfort: every key presses a button or chooses an option that is on the page. Without this file nothing is lost.
"use strict";

const typing = (element) => element.matches("textarea, select, input:not([type=radio]):not([type=checkbox])");

function press(key) {
  const target = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
  if (!target) return false;
  target.focus();
  // Reveal takes two strokes: V brings the focus to the button, Enter or V again presses it.
  if (key === "V" && press.last !== target) {
    press.last = target;
    return true;
  }
  target.click();
  return true;
}

function move(step) {
  const rows = [...document.querySelectorAll("a.why")];
  const here = rows.indexOf(document.activeElement);
  const next = rows[Math.min(rows.length - 1, Math.max(0, here + step))];
  if (next) next.focus();
  return Boolean(next);
}

document.addEventListener("keydown", (event) => {
  if (event.altKey || event.metaKey) return;
  let done = false;
  if (event.ctrlKey) {
    if (event.key === "Enter") done = press("Enter");
  } else if (!typing(event.target)) {
    const key = event.key.length === 1 ? event.key.toUpperCase() : event.key;
    if (key === "J") done = move(1);
    else if (key === "K") done = move(-1);
    else if (key.length === 1 && !(key === " " && event.target.matches("button, summary, a, input"))) done = press(key);
  }
  if (done) event.preventDefault();
});

// A revealed picture is covered when its time is over even if the page stays in the background.
if (document.querySelector('meta[http-equiv="refresh"]')) {
  window.addEventListener("pagehide", () => document.querySelectorAll("figure img").forEach((image) => image.remove()));
}
