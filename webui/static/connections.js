// Keeps the pages about connections true: when the box has news, the content is fetched again.

import { ask, banner, SignedOut, signedOut, tellTime } from "./page.js";

const EVERY = { visible: 1000, hidden: 20_000, failing: 6000 };
const LIVE = document.body.querySelector("[data-news]").dataset.news;
let etag = "";
let timer;

/** Whether somebody is typing: then nothing is taken from under their hands. */
function typing() {
  return [...document.querySelectorAll("main input")].some((input) => input.value !== input.defaultValue);
}

async function look() {
  const response = await ask(LIVE, { headers: etag ? { "If-None-Match": etag } : {} });
  if (response.status === 304) return;
  if (!response.ok) throw new Error(response.statusText);
  if (typing()) return;
  const page = await ask(location.href);
  if (!page.ok) throw new Error(page.statusText);
  put(new DOMParser().parseFromString(await page.text(), "text/html"));
  etag = response.headers.get("ETag");
}

// What is read on the page, as the box gave it (tellTime changes what is shown).
const said = Object.fromEntries(["status", "main"].map((id) => [id, words(document.getElementById(id))]));

function words(element) {
  return element?.textContent.replace(/\s+/g, " ") ?? "";
}

function put(page) {
  for (const id of Object.keys(said)) {
    const [old, fresh] = [document.getElementById(id), page.getElementById(id)];
    if (!old || !fresh || said[id] === words(fresh)) continue;
    said[id] = words(fresh);
    const held = document.activeElement?.id;
    old.innerHTML = fresh.innerHTML;
    (document.getElementById(held || "-") ?? old.querySelector("[autofocus]"))?.focus();
  }
  tellTime();
}

async function turn() {
  clearTimeout(timer);
  let wait = EVERY.visible;
  try {
    await look();
    banner("");
  } catch (error) {
    if (error instanceof SignedOut) return signedOut();
    wait = EVERY.failing;
    banner("The box does not answer. Trying again by itself …");
  }
  timer = setTimeout(turn, document.hidden ? EVERY.hidden : wait);
}

document.addEventListener("visibilitychange", () => document.hidden || turn());
timer = setTimeout(turn, EVERY.visible);
