// Keeps an open page true: asks the box what changed, and changes only that.

import { ask, banner, say, SignedOut, signedOut, tellTime } from "./page.js";
import { reopen } from "./rows.js";

// How long to wait after each answer, in milliseconds. News are to be seen within two seconds.
const EVERY = { visible: 1500, hidden: 20_000, failing: [1500, 3000, 6000, 12_000, 20_000] };

const MOST_WATCHED = 200;

const list = document.querySelector("[data-live]");
let asked = ""; // the address that etag belongs to
let etag = "";
let failures = 0;
let timer;

function url() {
  const ids = (rows) => [...rows].map((row) => row.dataset.id).join(",");
  const query = new URLSearchParams({ view: list.dataset.view, ids: ids(watched()) });
  const open = ids(document.querySelectorAll(".row.is-open"));
  if (open) query.set("open", open);
  if (list.dataset.find) query.set("find", list.dataset.find);
  if ("newer" in list.dataset) query.set("newer", "");
  return `${list.dataset.live}?${query}`;
}

/** Rows that are kept up to date: where many were put in above, the upper ones. */
const watched = () => [...document.querySelectorAll(".row")].slice(0, MOST_WATCHED);
let known = new Set(); // that the last question named

async function look() {
  const here = url();
  known = new Set(watched().map((row) => row.dataset.id));
  const same = asked === here ? { "If-None-Match": etag } : {};
  const response = await ask(here, { headers: same });
  if (response.status === 304) return;
  if (!response.ok) throw new Error(response.statusText);
  const whole = apply(await response.json());
  [asked, etag] = [whole ? here : "", response.headers.get("ETag")];
}

/** False when something had to be left as it was for now. */
function apply(news) {
  let whole = true;
  for (const [view, html] of Object.entries(news.counts)) replace(document.getElementById(`count-${view}`), html);
  replace(document.getElementById("status"), news.status);
  replace(document.getElementById("work"), news.work);
  for (const row of watched()) if (known.has(row.dataset.id)) update(row, news.rows[row.dataset.id]);
  for (const [id, stamp] of Object.entries(news.opened)) {
    const row = document.getElementById(`m${id}`);
    const detail = row?.querySelector(".detail");
    if (!detail || detail.dataset.stamp === stamp) continue;
    const marked = getSelection();
    if (marked && !marked.isCollapsed && marked.containsNode(detail, true)) whole = false; // being copied
    else reopen(row);
  }
  const slot = document.getElementById("newer");
  if (replace(slot, news.newer) && news.newer) say(slot.textContent.trim());
  return whole;
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

function update(row, news) {
  gone(row, !news);
  if (!news) return;
  row.classList.toggle("unread", news.unread);
  const cell = row.querySelector(".state-cell");
  if (replace(cell, news.state)) say(`${row.querySelector(".who").textContent.trim()}: ${cell.textContent.trim()}`);
}

/** Somebody else deleted (or restored) it: it stays where it is, so that nothing moves, and says so. */
function gone(row, isGone) {
  if (row.classList.contains("gone") === isGone) return;
  row.classList.toggle("gone", isGone);
  const tick = row.querySelector(".pick input");
  if (tick) [tick.checked, tick.disabled] = [false, isGone];
  if (!isGone) return;
  const words = list.dataset.view === "deleted" ? "Not here any more" : "Deleted meanwhile";
  const cell = row.querySelector(".state-cell");
  cell.textContent = words;
  delete cell.dataset.html;
  cell.dataset.html = "";
  list.dispatchEvent(new Event("gone"));
  say(`${row.querySelector(".who").textContent.trim()}: ${words}`);
}

// new messages --------------------------------------------------------------------------------

/** "3 new messages": puts them in above, and leaves what is ticked, opened and read as it is. */
document.getElementById("newer")?.addEventListener("click", async (event) => {
  const link = event.target.closest("a");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  try {
    const response = await ask(link.href);
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const fresh = [...page.querySelectorAll(".rows > .row")];
    if (!fresh.length) throw new Error("no rows");
    list.querySelector(".empty")?.remove();
    const added = fresh.filter((row) => !document.getElementById(row.id));
    for (const row of added) {
      const below = [...list.querySelectorAll(".row")].find((r) => Number(r.dataset.id) < Number(row.dataset.id));
      list.insertBefore(document.adoptNode(row), below ?? null);
    }
    for (const row of added) row.querySelector(".pick input")?.removeAttribute("disabled");
    const bar = [document, page].map((d) => d.getElementById("selected"));
    if (!bar[0] && bar[1]) return location.assign(link.href); // the list was empty until now
    if (bar[0] && bar[1]) for (const name of ["total", "upto"]) bar[0].dataset[name] = bar[1].dataset[name];
    replace(document.getElementById("newer"), "");
    tellTime(list);
    scrollTo({ top: 0 });
    added[0]?.querySelector(".row-link").focus({ preventScroll: true });
    asked = "";
  } catch (error) {
    if (error instanceof SignedOut) signedOut();
    else location.assign(link.href);
  }
});

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
// What was done is said once: not again by the back button, or when the page is loaded anew.
const here = new URL(location.href);
if (["said", "n", "undo", "gone", "queued", "again"].some((name) => here.searchParams.has(name))) {
  for (const name of ["said", "n", "undo", "gone", "queued", "again"]) here.searchParams.delete(name);
  history.replaceState(null, "", here);
}
tellTime();
setInterval(tellTime, 20_000);
