// Shows how far long work is, until it ends.

import { ask, banner, SignedOut, signedOut, tellTime } from "./page.js";

const slot = document.getElementById("work");

async function turn() {
  let wait = document.hidden ? 10_000 : 1000;
  try {
    const response = await ask(slot.dataset.url);
    if (!response.ok) throw new Error(response.statusText);
    const html = await response.text();
    if (slot.innerHTML.trim() !== html.trim() && !slot.contains(document.activeElement)) slot.innerHTML = html;
    else update(html);
    tellTime(slot);
    banner("");
    if (slot.querySelector("[data-state]").dataset.state !== "running") return;
  } catch (error) {
    if (error instanceof SignedOut) return signedOut();
    banner("The box does not answer. Trying again by itself …");
    wait = 3000;
  }
  setTimeout(turn, wait);
}

/** Somebody is at the Stop button: change the words around it only, unless there is nothing to stop. */
function update(html) {
  const holder = document.createElement("template");
  holder.innerHTML = html;
  const fresh = holder.content.querySelector("[data-state]");
  if (fresh.dataset.state !== "running") return slot.replaceChildren(holder.content);
  slot.querySelector("progress").value = fresh.querySelector("progress").value;
  slot.querySelector("[role=status]").textContent = fresh.querySelector("[role=status]").textContent;
}

tellTime();
setTimeout(turn, 500);
