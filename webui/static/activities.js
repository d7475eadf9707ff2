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

async function change(button) {
  if (busy) return;
  busy = true;
  const body = new URLSearchParams(new FormData(form()));
  body.set("do", button.value);
  try {
    const response = await ask(form().getAttribute("action"), { method: "POST", body });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const fresh = page.getElementById("activity");
    if (!fresh) throw new Error(response.statusText);
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
