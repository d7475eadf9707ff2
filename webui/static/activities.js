// Adding, moving and removing actions, and trying out, without leaving the form where it is.
// The box makes the form; without this script the same buttons load the page again.

import { ask, banner, SignedOut, signedOut } from "./page.js";
import { suggesting } from "./recipients.js";

const main = document.getElementById("main");
let busy = false;

const form = () => document.getElementById("activity");

function equip() {
  for (const field of form().querySelectorAll("textarea[data-suggest]")) suggesting(field);
}

main.addEventListener("click", (event) => {
  const button = event.target.closest("button[name=do]");
  if (!button || button.value === "save") return;
  event.preventDefault();
  change(button);
});

/** What the form holds by now, and which of its buttons was pressed. */
function fields(button) {
  const typed = new URLSearchParams(new FormData(form()));
  typed.set("do", button.value);
  return typed;
}

async function change(button) {
  if (busy) return;
  busy = true;
  try {
    let typed, fresh;
    do { // again, where somebody went on typing meanwhile
      typed = fields(button);
      const response = await ask(form().getAttribute("action"), { method: "POST", body: typed });
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      fresh = page.getElementById("activity");
      if (!fresh) throw new Error(response.statusText);
    } while (fields(button).toString() !== typed.toString());
    form().replaceWith(document.adoptNode(fresh));
    equip();
    document.getElementById(button.getAttribute("formaction").slice(1))?.focus();
    banner("");
  } catch (error) {
    if (error instanceof SignedOut) signedOut();
    else banner("The box does not answer. What you typed is still here; try again.");
  } finally {
    busy = false;
  }
}

equip();
