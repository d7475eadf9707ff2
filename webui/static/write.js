// Counts while one types. What counts is the box's own codec: this script only asks it.

import { ask, banner, SignedOut, signedOutWriting, tellTime } from "./page.js";
import { keeping } from "./drafts.js";
import { beingTyped, choosing } from "./recipients.js";

const form = document.querySelector("form[data-count]");
const count = document.getElementById("count");
const text = form.elements.text;
let timer;
let asked = 0;

form.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(ask_count, 200);
});

// The box sends a form once however often it comes; this spares the second page load. While the box
// is known to be away nothing is posted: an error page would take the place of what was written.
form.addEventListener("submit", (event) => {
  if (event.submitter?.value !== "send") return;
  if (form.dataset.sent || down) event.preventDefault();
  if (!down) form.dataset.sent = "yes";
});

// Enter in a date or a number presses the form's first button, which is Show all contacts while that list is open.
form.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !event.target.matches("input:not(#find)") || event.defaultPrevented) return;
  event.preventDefault();
  form.requestSubmit(form.querySelector("button.primary[value=send]"));
});

let down = false;
let etag = "";

async function watch() {
  try {
    const headers = etag ? { "If-None-Match": etag } : {};
    const response = await ask("/live", { headers, signal: AbortSignal.timeout(8000) });
    etag = response.headers.get("ETag") ?? etag;
    if (down) banner("");
    down = false;
  } catch (error) {
    if (error instanceof SignedOut) return signedOutWriting();
    down = true;
    banner("The box does not answer. What you wrote is still here; send it when this line has gone.");
  }
  setTimeout(watch, document.hidden ? 20_000 : down ? 1500 : 3000);
}
setTimeout(watch, 3000);
addEventListener("pageshow", () => {
  delete form.dataset.sent;
  if (text.value || form.elements.recipients.value) ask_count(); // also what the back button brings
});

// What is wrong with a recipient is said when it has been typed, not while.
// Whoever leaves by pressing a button is not kept from it by a line that moves it.
form.elements.recipients.addEventListener("blur", (event) => {
  clearTimeout(timer);
  if (!event.relatedTarget?.matches("button, a")) ask_count();
});

count.addEventListener("click", async (event) => {
  if (event.target.value !== "plain") return;
  event.preventDefault();
  const answer = await post({ action: "plain" });
  if (!answer) return;
  const caret = text.selectionStart;
  text.value = answer.text;
  text.setSelectionRange(caret, caret);
  text.focus();
  show(answer);
});

async function ask_count() {
  const mine = ++asked;
  const answer = await post({ action: "check" });
  if (answer && mine === asked) show(answer);
}

async function post(more) {
  const body = new URLSearchParams(new FormData(form));
  for (const [name, value] of Object.entries(more)) body.set(name, value);
  const { recipients } = form.elements;
  body.set("typing", beingTyped(recipients));
  // What was refused stands above it as long as nobody changes it.
  if (document.getElementById("recipients-error") && recipients.value === recipients.defaultValue) body.set("told", "1");
  try {
    const response = await ask(form.dataset.count, { method: "POST", body });
    return response.ok ? await response.json() : null;
  } catch (error) {
    if (error instanceof SignedOut) signedOutWriting();
    return null;
  }
}

function show(answer) {
  if (count.innerHTML.trim() !== answer.count.trim()) count.innerHTML = answer.count;
  showWho(answer.who);
  const planned = document.getElementById("when-words");
  if (planned && planned.innerHTML.trim() !== answer.when.trim()) planned.innerHTML = answer.when;
}

const showWho = choosing(form);
tellTime();
keeping(form);
