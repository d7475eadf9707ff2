// Keeps an open page true: asks the box what changed, and changes only that.

import { ask, banner, say, SignedOut, signedOut, tellTime } from "./page.js";
import { reopen } from "./rows.js";

// How long to wait after each answer, in milliseconds.
const EVERY = { visible: 1000, hidden: 20_000, failing: [1500, 3000, 6000, 12_000, 20_000] };

const list = document.querySelector("[data-live]");
let asked = ""; // the address that etag belongs to
let etag = "";
let failures = 0;
let timer;

function url() {
  const ids = (rows) => [...rows].map((row) => row.dataset.id).join(",");
  const query = new URLSearchParams({ view: list.dataset.view, ids: ids(document.querySelectorAll(".row")) });
  const open = ids(document.querySelectorAll(".row.is-open"));
  if (open) query.set("open", open);
  if ("newer" in list.dataset) query.set("newer", "");
  return `${list.dataset.live}?${query}`;
}

async function look() {
  const here = url();
  const same = asked === here ? { "If-None-Match": etag } : {};
  const response = await ask(here, { headers: same });
  if (response.status === 304) return;
  if (!response.ok) throw new Error(response.statusText);
  apply(await response.json());
  [asked, etag] = [here, response.headers.get("ETag")];
}

function apply(news) {
  for (const [view, html] of Object.entries(news.counts)) replace(document.getElementById(`count-${view}`), html);
  replace(document.getElementById("status"), news.status);
  for (const [id, row] of Object.entries(news.rows)) update(id, row);
  for (const [id, stamp] of Object.entries(news.opened)) {
    const row = document.getElementById(`m${id}`);
    const detail = row?.querySelector(".detail");
    if (detail && detail.dataset.stamp !== stamp) reopen(row);
  }
  const slot = document.getElementById("newer");
  if (replace(slot, news.newer) && news.newer) say(slot.textContent.trim());
}

/** Put new HTML into an element; false when it is there already. */
function replace(element, html) {
  if (!element) return false;
  element.dataset.html ??= element.innerHTML.trim();
  if (element.dataset.html === html.trim()) return false;
  element.dataset.html = html.trim();
  element.innerHTML = html;
  return true;
}

function update(id, news) {
  const row = document.getElementById(`m${id}`);
  if (!row) return;
  row.classList.toggle("unread", news.unread);
  const cell = row.querySelector(".state-cell");
  if (replace(cell, news.state)) say(`${row.querySelector(".who").textContent.trim()}: ${cell.textContent.trim()}`);
}

async function turn() {
  clearTimeout(timer);
  let wait = EVERY.visible;
  try {
    await look();
    if (failures) banner("");
    failures = 0;
  } catch (error) {
    if (error instanceof SignedOut) return signedOut();
    wait = EVERY.failing[Math.min(failures++, EVERY.failing.length - 1)];
    if (failures > 1) banner("The box does not answer. Trying again by itself …");
  }
  if (document.hidden) wait = Math.max(wait, EVERY.hidden);
  timer = setTimeout(turn, wait);
}

if (list) {
  document.addEventListener("visibilitychange", () => document.hidden || turn());
  timer = setTimeout(turn, EVERY.visible);
}
tellTime();
setInterval(tellTime, 20_000);
