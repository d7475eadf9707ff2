// Counts while one types. What counts is the box's own codec: this script only asks it.

import { ask, banner, SignedOut, signedOut, tellTime } from "./page.js";
import { choosing } from "./recipients.js";

const form = document.querySelector("form[data-count]");
const count = document.getElementById("count");
const text = form.elements.text;
let timer;
let asked = 0;

form.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(ask_count, 200);
});

// The box sends a form once however often it comes; this spares the second page load. It is asked
// whether it is there first: an error page of the browser would take the place of what was written.
form.addEventListener("submit", async (event) => {
  if (event.submitter?.value !== "send" || form.dataset.sent === "now") return;
  event.preventDefault();
  if (form.dataset.sent) return;
  form.dataset.sent = "yes";
  if (await there()) {
    form.dataset.sent = "now";
    form.requestSubmit(event.submitter);
    form.dataset.sent = "yes";
  } else delete form.dataset.sent;
});

async function there() {
  try {
    await ask("/live", { signal: AbortSignal.timeout(8000) });
    banner("");
    return true;
  } catch (error) {
    if (error instanceof SignedOut) return true; // the sign-in page keeps what was written
    banner("The box does not answer. Nothing was sent; what you wrote is still here.");
    return false;
  }
}
// Enter in a date or a number would press the form's first button, Show all contacts.
form.querySelector(".when")?.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !event.target.matches("input")) return;
  event.preventDefault();
  form.requestSubmit(form.querySelector("button.primary[value=send]"));
});
addEventListener("pageshow", () => delete form.dataset.sent);

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
  try {
    const response = await ask(form.dataset.count, { method: "POST", body });
    return response.ok ? await response.json() : null;
  } catch (error) {
    if (error instanceof SignedOut) signedOut();
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
if (text.value || form.elements.recipients.value) ask_count();
