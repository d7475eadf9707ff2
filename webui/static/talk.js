// Keeps the pretend phone's conversation up to date.

import { ask, banner, SignedOut, signedOut, tellTime } from "./page.js";

const talk = document.getElementById("talk");
const EVERY = { visible: 1000, hidden: 20_000, failing: 5000 };
let etag = "";

async function turn() {
  let wait = document.hidden ? EVERY.hidden : EVERY.visible;
  try {
    const response = await ask(talk.dataset.url, { headers: etag ? { "If-None-Match": etag } : {} });
    if (response.status === 200) {
      etag = response.headers.get("ETag");
      const html = await response.text();
      if (talk.dataset.html !== html) {
        talk.dataset.html = html;
        talk.innerHTML = html;
        tellTime(talk);
      }
    }
    banner("");
  } catch (error) {
    if (error instanceof SignedOut) return signedOut();
    banner("The box does not answer. Trying again by itself …");
    wait = EVERY.failing;
  }
  setTimeout(turn, wait);
}

tellTime();
setTimeout(turn, EVERY.visible);
