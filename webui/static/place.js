// After a button of a list the next page is where one was: scrolled alike, the focus on the same row or,
// when that has gone, on its neighbour; and what was done is spoken. Without this script the address of
// that page leads to the row.

import { say } from "./page.js";

const KEPT = "place";
const FRESH = 60_000; // milliseconds that a place is worth coming back to

const rows = () => [...document.querySelectorAll("main .row[id]")];
let at = ""; // the row that had the focus last: a window that asks has it now

addEventListener("focusin", (event) => {
  at = event.target.closest("main .row[id]")?.id ?? (event.target.closest("dialog") ? at : "");
});

addEventListener("submit", (event) => {
  if (event.defaultPrevented || event.target.method !== "post") return;
  const seen = rows().map((row) => [row.id, Math.round(row.getBoundingClientRect().top)]);
  const place = { path: location.pathname, when: Date.now(), y: scrollY, seen, row: at, focus: event.submitter?.id };
  try {
    sessionStorage.setItem(KEPT, JSON.stringify(place));
  } catch {
    // no room, or not allowed: the address leads to the row
  }
});

function taken() {
  try {
    const found = JSON.parse(sessionStorage.getItem(KEPT));
    sessionStorage.removeItem(KEPT);
    return found && Date.now() - found.when < FRESH ? found : null;
  } catch {
    return null;
  }
}

function scrolled({ seen, y }) {
  const there = ([id, top]) => top >= 0 && top < innerHeight && document.getElementById(id);
  const same = seen.find(there);
  if (same) scrollBy({ top: document.getElementById(same[0]).getBoundingClientRect().top - same[1], behavior: "instant" });
  else if (seen.length) scrollTo({ top: y, behavior: "instant" });
}

function focused({ seen, row, focus }) {
  const named = decodeURIComponent(location.hash.slice(1));
  const from = seen.findIndex(([id]) => id === row);
  const beside = from < 0 ? [] : [...seen.slice(from), ...seen.slice(0, from).reverse()];
  const button = focus && document.getElementById(focus);
  if (button && !button.disabled) return button.focus({ preventScroll: true });
  const ids = [named, ...beside.map(([id]) => id)];
  const found = ids.map((id) => id && document.getElementById(id)).find(Boolean);
  const inside = "a[href], summary, button:not(:disabled), input:not(:disabled)";
  const target = found?.matches(inside) ? found : (found?.querySelector(".row-link") ?? found?.querySelector(inside));
  target?.focus({ preventScroll: true });
  found?.scrollIntoView({ block: "nearest", behavior: "instant" }); // not under what is said below
}

const place = taken();
if (place) {
  const back = place.path === location.pathname || document.querySelector("main .rows");
  const there = () => {
    if (place.path === location.pathname) scrolled(place);
    if (document.activeElement === document.body) focused(place);
  };
  if (back) {
    there();
    // Going to the row of the address, the browser scrolls by itself and takes the focus away.
    addEventListener("load", () => setTimeout(there), { once: true });
  }
  const said = document.querySelector("main [role=status].notice, main [role=alert]");
  if (said) setTimeout(() => say((said.querySelector("strong") ?? said).textContent.trim()), 300);
}
