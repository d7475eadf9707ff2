// Opens a row in place. Without this script the same link loads the page with the row opened.

import { ask, SignedOut, signedOut, tellTime } from "./page.js";

const rows = document.querySelector(".rows");

rows?.addEventListener("click", (event) => {
  const link = event.target.closest(".row-link");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
  event.preventDefault();
  const row = link.closest(".row");
  if (row.classList.contains("is-open")) close(row);
  else open(row, link);
});

function close(row) {
  row.querySelector(".detail")?.remove();
  mark(row, false);
  remember("");
}

async function open(row, link) {
  mark(row, true);
  try {
    await load(row);
    row.classList.remove("unread");
    remember(row.dataset.id);
  } catch (error) {
    mark(row, false);
    if (error instanceof SignedOut) signedOut();
    else location.href = link.href;
  }
}

/** Fetch an opened row's inside again, keeping the focus and what is unfolded. */
export async function reopen(row) {
  const focused = document.activeElement?.closest?.("[data-focus]")?.dataset.focus;
  const unfolded = row.querySelector(".history")?.open;
  await load(row).catch(() => {});
  if (unfolded && row.querySelector(".history")) row.querySelector(".history").open = true;
  if (focused) row.querySelector(`[data-focus="${focused}"]`)?.focus();
}

async function load(row) {
  const { view, before, find } = rows.dataset;
  const here = new URLSearchParams(Object.entries({ view, before, find }).filter(([, value]) => value));
  const response = await ask(`/messages/${row.dataset.id}?${here}`);
  if (!response.ok) throw new Error(response.statusText);
  const holder = document.createElement("template");
  holder.innerHTML = await response.text();
  if (!row.classList.contains("is-open")) return;
  row.querySelector(".detail")?.remove();
  row.append(holder.content);
  tellTime(row);
}

function mark(row, isOpen) {
  row.classList.toggle("is-open", isOpen);
  row.querySelector(".row-link").setAttribute("aria-expanded", isOpen);
}

function remember(id) {
  const here = new URL(location.href);
  if (id) here.searchParams.set("open", id);
  else here.searchParams.delete("open");
  here.searchParams.delete("queued");
  here.hash = "";
  history.replaceState(null, "", here);
}
