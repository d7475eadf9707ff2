// Ticks: what is chosen, what the bar above the list can do with it, and windows that ask first.
// Without this script the same bar is the buttons of one form around the list.

import { ask, banner, say, SignedOut, signedOut } from "./page.js";

const form = document.getElementById("selected");
const list = document.querySelector(".rows");
const picked = document.getElementById("picked");
const whole = document.getElementById("pick-page");
const total = () => Number(form.dataset.total);
const idle = "Tick messages first.";
let last = null; // the tick that Shift goes on from
let shift = false;

const upper = (words) => words[0].toUpperCase() + words.slice(1);
const ticks = () => [...list.querySelectorAll(".pick input")].filter((t) => !t.closest(".gone"));
const everything = () => form.elements.all !== undefined;

if (form) {
  for (const tick of ticks()) tick.disabled = false;
  addEventListener("pageshow", show);
  new MutationObserver(show).observe(list, { childList: true });
  list.addEventListener("click", clicked);
  list.addEventListener("change", (event) => event.target.name === "m" && changed());
  list.addEventListener("gone", show); // somebody else deleted a row: it is unticked by itself
  list.addEventListener("keydown", keyed);
  addEventListener("keydown", (event) => { shift = event.shiftKey; }, true);
  addEventListener("keyup", (event) => { shift = event.shiftKey; }, true);
  whole.addEventListener("change", () => { all(false); for (const t of ticks()) t.checked = whole.checked; show(); });
  picked.addEventListener("click", linked);
  form.addEventListener("click", pressed, true);
  show();
}

// ticking -------------------------------------------------------------------------------------

function clicked(event) {
  const tick = event.target.closest(".pick input");
  if (!tick) return;
  if ((event.shiftKey || shift) && last && last !== tick && last.isConnected) range(last, tick, tick.checked);
  last = tick;
}

function range(from, to, checked) {
  const order = ticks();
  const [a, b] = [order.indexOf(from), order.indexOf(to)].sort((x, y) => x - y);
  for (const t of order.slice(Math.max(0, a), b + 1)) t.checked = checked;
}

/** U on a row marks its message as unread, as long as the row has the focus. */
function unread(event) {
  const row = event.target.closest?.(".row");
  if (event.key.toLowerCase() !== "u" || event.ctrlKey || event.metaKey || event.altKey || !row) return false;
  if (event.target.matches("textarea, select, input:not([type=checkbox])")) return false;
  const button = form.querySelector("button[value=unread]");
  if (!button || row.classList.contains("gone")) return true;
  all(false);
  for (const t of ticks()) t.checked = t.value === row.dataset.id;
  show();
  form.requestSubmit(button);
  return true;
}

/** Up and down go from tick to tick; with Shift they tick on the way. */
function keyed(event) {
  if (unread(event)) return event.preventDefault();
  const tick = event.target.closest?.(".pick input");
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!tick || !step) return;
  event.preventDefault();
  const order = ticks();
  const next = order[order.indexOf(tick) + step];
  if (!next) return;
  if (event.shiftKey) {
    tick.checked = next.checked = true;
    last = next;
    changed();
  }
  next.focus();
}

/** Somebody ticked by hand: what is meant is what is ticked. */
function changed() {
  all(false);
  show();
}

/** All of the view, also what is not on this page. */
function all(on) {
  for (const name of ["all", "upto"]) form.querySelector(`[name=${name}]`)?.remove();
  if (!on) return;
  for (const [name, value] of [["all", form.dataset.view], ["upto", form.dataset.upto]]) {
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name, value });
    form.append(field);
  }
}

function linked(event) {
  const link = event.target.closest("[data-pick]");
  if (!link) return;
  event.preventDefault();
  const on = link.dataset.pick === "all";
  all(on);
  for (const t of ticks()) t.checked = on;
  show();
  whole.focus();
}

// the bar -------------------------------------------------------------------------------------

function show() {
  const order = ticks();
  const number = everything() ? total() : order.filter((t) => t.checked).length;
  whole.checked = number > 0 && order.every((t) => t.checked);
  whole.indeterminate = number > 0 && !whole.checked;
  for (const button of form.querySelectorAll("button")) {
    const why = !number ? "Tick a message first." : button.dataset.one && number > 1 ? button.dataset.one : "";
    if (why) button.setAttribute("aria-disabled", "true");
    else button.removeAttribute("aria-disabled");
    button.dataset.why = why;
    if (button.dataset.one) button.title = why || button.textContent.trim();
  }
  tell(number, order.length);
}

function tell(number, shown) {
  if (picked.querySelector(".refused") && !number) return;
  const more = total() > shown && whole.checked;
  let words = number ? `${number.toLocaleString("en")} ticked.` : idle;
  const one = form.querySelector("[data-one]");
  if (everything()) words = `${upper(form.dataset.whole)} ${form.dataset.whole.startsWith("all") ? "are" : "is"} ticked.`;
  if (one && number > 1) words += ` ${one.dataset.one}`;
  const html = document.createElement("span");
  html.textContent = words;
  const found = [html];
  if (everything()) found.push(" ", link("none", "Clear"));
  else if (more) found.push(" ", link("all", `Select ${form.dataset.whole}`));
  if (picked.textContent.trim() !== found.map((f) => f.textContent ?? f).join("").trim()) picked.replaceChildren(...found);
}

function link(pick, words) {
  const a = document.createElement("a");
  const here = new URLSearchParams(location.search);
  here.delete("tick");
  if (pick === "all") here.set("tick", "all");
  a.href = `?${here}`;
  a.dataset.pick = pick;
  a.textContent = words;
  return a;
}

/** A button that cannot be used says why, and does nothing. */
function pressed(event) {
  const button = event.target.closest("button");
  if (!button?.dataset.why) return;
  event.preventDefault();
  event.stopPropagation();
  const span = document.createElement("span");
  span.className = "refused";
  span.textContent = button.dataset.why;
  picked.replaceChildren(span);
}

// windows -------------------------------------------------------------------------------------

addEventListener("submit", async (event) => {
  const sent = event.target;
  if (sent.dataset.busy) return event.preventDefault(); // the second of two clicks
  const button = event.submitter;
  if (!("window" in sent.dataset) || "atOnce" in (button?.dataset ?? {})) {
    sent.dataset.busy = "yes";
    setTimeout(() => delete sent.dataset.busy, 5000);
    return;
  }
  if (sent.classList.contains("window") && !sent.elements.uncertain?.checked) return;
  event.preventDefault();
  sent.dataset.busy = "yes";
  try {
    await open(sent.getAttribute("action"), new URLSearchParams(new FormData(sent, button)));
  } catch (error) {
    if (error instanceof SignedOut) signedOut();
    else banner("The box does not answer. Nothing was done.");
  } finally {
    delete sent.dataset.busy;
  }
});
addEventListener("pageshow", () => { for (const f of document.forms) delete f.dataset.busy; });

async function open(url, body) {
  const response = await ask(url, { method: "POST", body });
  if (response.redirected) return location.assign(response.url);
  if (!response.ok && response.status !== 422) {
    const { error } = await response.json();
    banner("");
    banner(error);
    say(error);
    setTimeout(() => banner(""), 8000);
    return;
  }
  const window_ = document.querySelector("dialog") ?? document.body.appendChild(document.createElement("dialog"));
  window_.setAttribute("aria-labelledby", "window-title");
  window_.innerHTML = await response.text();
  window_.addEventListener("click", (event) => {
    if (!event.target.closest("[data-close]") && event.target !== window_) return;
    event.preventDefault();
    window_.close();
  });
  if (!window_.open) window_.showModal();
  else window_.querySelector("[autofocus]")?.focus();
}
