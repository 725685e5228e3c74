// Keys as comfort: every key presses a button or chooses an option that is on the page. Without this file nothing is lost.
"use strict";

const typing = (element) => element.matches("textarea, select, input:not([type=radio]):not([type=checkbox])");
const LOOK_MILLISECONDS = 60_000;

function press(key) {
  const target = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
  if (!target) return false;
  target.focus();
  // Reveal takes two strokes: V brings the focus to the button, Enter presses it.
  if (key !== "V") target.click();
  return true;
}

function move(step) {
  const rows = [...document.querySelectorAll("a.why")];
  const here = rows.indexOf(document.activeElement);
  const next = rows[Math.min(rows.length - 1, Math.max(0, here + step))];
  if (next) next.focus();
  return Boolean(next);
}

// What a control does with the key itself goes first: Space presses the button in focus, but covers a picture from anywhere else.
const usesSpace = (element) =>
  element.matches("button, summary, a, [role=region], input[type=checkbox], input[type=radio]:not(:checked)");

// Who writes a reason for something else than the decision means that with Ctrl Enter, and never the decision.
function pressOwn(element) {
  const own = element.closest(".decide-after details, .decide-after form");
  const button = own?.querySelector("button") ?? own?.closest("form")?.querySelector("button");
  button?.click();
  return Boolean(button);
}

function act(event) {
  if (event.ctrlKey) return event.key === "Enter" && (pressOwn(event.target) || press("Enter"));
  if (typing(event.target) || document.documentElement.dataset.keys === "off") return false;
  const key = event.key.length === 1 ? event.key.toUpperCase() : event.key;
  if (key === "J") return move(1);
  if (key === "K") return move(-1);
  if (key === "?") return Boolean(location.assign("/keys")) || true;
  if (key === " ") return Boolean(document.querySelector("[data-revealed]")) && !usesSpace(event.target) && press(" ");
  return key.length === 1 && press(key);
}

document.addEventListener("keydown", (event) => {
  if (!event.altKey && !event.metaKey && !event.repeat && act(event)) event.preventDefault();
});

// A revealed picture is taken off the screen when its time is over or the page is left, and the server hears of it.
let covering;
function watch() {
  clearTimeout(covering);
  const revealed = document.querySelector("[data-revealed]");
  if (!revealed) return;
  covering = setTimeout(() => {
    revealed.querySelector("figure *")?.remove();
    revealed.querySelector("[data-cover]")?.click();
  }, LOOK_MILLISECONDS);
}
window.addEventListener("pagehide", () => {
  const revealed = document.querySelector("[data-revealed]");
  if (!revealed) return;
  revealed.querySelector("figure *")?.remove();
  const form = revealed.querySelector("[data-cover]").closest("form");
  navigator.sendBeacon(form.action, new URLSearchParams(new FormData(form)));
});

// What belongs to the decision's form where nothing runs belongs to its own here: each is sent alone, and what is filled in stays as it is.
function own() {
  for (const each of document.querySelectorAll(".viewer [form], .decide-after [form]")) {
    for (const name of ["form", "formaction", "formnovalidate"]) each.removeAttribute(name);
    each.required = each.matches("textarea");
  }
}

// Focus goes to what is new: the summary of what was wrong, the revealed file, the decision.
function arrive(within) {
  const target = within.querySelector("[role][data-arrive]") ?? within.querySelector("[data-arrive]");
  if (target) target.focus({ preventScroll: target.getBoundingClientRect().top >= 0 });
}
document.addEventListener("DOMContentLoaded", () => {
  own();
  arrive(document);
  watch();
});
document.addEventListener("htmx:afterSwap", (event) => {
  own();
  const swapped = document.getElementById(event.detail.target.id) ?? document;
  if (swapped.matches?.(".viewer")) arrive(swapped);
  watch();
});

// A form is sent once: what a second click would send is what the first one did already.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.hasAttribute("hx-post") || event.defaultPrevented) return;
  if (form.dataset.sent) event.preventDefault();
  // What is filled in elsewhere on the page goes along, and stands there again afterwards.
  else if (form.dataset.with) {
    for (const along of form.querySelectorAll("[data-along]")) along.remove();
    for (const [name, value] of new FormData(document.getElementById(form.dataset.with) ?? undefined)) {
      if (name === "csrf") continue;
      form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
      form.lastChild.dataset.along = "";
    }
  }
  form.dataset.sent = "yes";
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

function say(id, words) {
  if (document.getElementById(id)) return;
  const line = Object.assign(document.createElement("p"), { id, className: "note note-notice", textContent: words });
  line.setAttribute("role", "alert");
  document.getElementById("main").prepend(line);
}

// The session ended: nobody is sent away who only reads or writes. Who asks for something signs in, and gets back what they filled in.
function signedOut(askedByItself) {
  const work = document.getElementById("work");
  if (askedByItself) {
    say("signed-out", `Your session is over. ${work ? "What you filled in is not lost: keep or record it, sign in, and it stands here again." : "Sign in to go on."}`);
  } else if (work) {
    work.action = work.action.replace(/decisions$/, "keep");
    work.submit();
  } else location.assign("/sign-in");
}

// What htmx asked for and did not get is said, and takes nothing off the page that is filled in.
document.addEventListener("htmx:responseError", (event) => {
  const { requestConfig, xhr } = event.detail;
  if (xhr.status === 401) return signedOut(requestConfig.verb === "get");
  if (requestConfig.verb === "get") return;
  const page = new DOMParser().parseFromString(xhr.responseText, "text/html");
  const said = page.querySelector("[role=alert]");
  document.getElementById("refused")?.remove();
  if (said && document.getElementById("work")) {
    said.id = "refused";
    document.getElementById("main").prepend(said);
  } else document.getElementById("main").replaceChildren(...page.getElementById("main").childNodes);
  document.querySelector("[role=alert]")?.setAttribute("tabindex", "-1");
  document.querySelector("[role=alert]")?.focus();
});

// What is to be covered leaves the screen at once, whoever answers and when.
document.addEventListener("htmx:beforeRequest", ({ detail: { elt } }) => {
  if (elt.querySelector?.("[data-cover]")) elt.closest(".viewer").querySelector("figure img, figure .words")?.remove();
});

// No answer at all.
function unanswered() {
  say("unanswered", "Wardline does not answer. Nothing on this page is lost: leave it open, and try again in a moment.");
}
for (const name of ["sendError", "timeout"]) document.addEventListener(`htmx:${name}`, unanswered);
document.addEventListener("htmx:beforeOnLoad", () => document.getElementById("unanswered")?.remove());
