// Keeps the list of Scheduled true, and leaves what is open, and where one is, as it is.

import { ask, SignedOut } from "./page.js";

const EVERY = 2000; // milliseconds after each answer
const root = document.getElementById("scheduled");
let etag = `"${root.dataset.stamp}"`;

async function look() {
  if (root.querySelector(".sure[open]")) return; // somebody is about to decide
  const response = await ask(root.dataset.list, { headers: { "If-None-Match": etag } });
  if (response.status === 304 || !response.ok) return;
  const html = await response.text();
  if (root.querySelector(".sure[open]")) return;
  etag = response.headers.get("ETag");
  replace(html);
}

function replace(html) {
  const open = [...root.querySelectorAll("details[open][data-id]")].map((d) => d.dataset.id);
  const focus = document.activeElement?.dataset.focus;
  const line = document.activeElement?.closest("details[data-id]")?.dataset.id;
  root.innerHTML = html;
  for (const details of root.querySelectorAll("details[data-id]")) details.open = open.includes(details.dataset.id);
  if (line && document.activeElement === document.body) {
    const again = root.querySelector(`[data-focus="${focus}"]`) ?? root.querySelector(`details[data-id="${line}"] > summary`);
    again?.focus({ preventScroll: true });
  }
}

async function turn() {
  try {
    await look();
  } catch (error) {
    if (error instanceof SignedOut) return; // live.js says so
  }
  setTimeout(turn, document.hidden ? 10 * EVERY : EVERY);
}

setTimeout(turn, EVERY);
const here = new URL(location.href); // what was done is said once
if (here.searchParams.has("said")) {
  for (const name of ["said", "about", "message"]) here.searchParams.delete(name);
  history.replaceState(null, "", here);
}
