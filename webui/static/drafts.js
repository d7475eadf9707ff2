// What is being written is kept by the box as a draft, and leaving it asks.

import { ask } from "./page.js";

const PAUSE = 4000; // milliseconds without a key before it is kept: each time is a write to the card
const LATEST = 30_000; // and while somebody writes without a pause

const OWN = ["csrf_token", "token", "seen"]; // fields that nobody writes

/** Everything in the form that its writer may have changed. */
const written = (form) => {
  const fields = new URLSearchParams(new FormData(form));
  for (const name of OWN) fields.delete(name);
  return fields.toString();
};

export function keeping(form) {
  const window_ = document.getElementById("leaving");
  const trouble = window_.querySelector("[role=alert]");
  let kept = "unsaved" in form.dataset ? null : written(form); // as the box has it
  let over = false; // sent, or discarded
  let timer, first = 0, leaving = "";

  const unsaved = () => !over && !form.dataset.sent && written(form) !== kept;
  const worth = () => Boolean(form.elements.text.value.trim());
  let begun = "unsaved" in form.dataset;

  async function save() {
    clearTimeout(timer);
    first = 0;
    if (!unsaved()) return true;
    const now = written(form);
    try {
      const response = await ask(form.dataset.draft, { method: "POST", body: new URLSearchParams(new FormData(form)) });
      if (!response.ok) return false;
      kept = now;
      return true;
    } catch {
      return false; // write.js says that the box is away
    }
  }

  const beacon = () => navigator.sendBeacon(form.dataset.draft, new URLSearchParams(new FormData(form)));

  form.addEventListener("input", () => {
    begun = true;
    clearTimeout(timer);
    first ||= Date.now();
    timer = setTimeout(save, Math.max(0, Math.min(PAUSE, first + LATEST - Date.now())));
  });
  form.addEventListener("submit", () => clearTimeout(timer));
  addEventListener("submit", (event) => event.target !== form && unsaved() && beacon(), true);
  addEventListener("pagehide", () => unsaved() && begun && beacon());
  addEventListener("beforeunload", (event) => {
    if (begun && unsaved() && worth() && !submitting) event.preventDefault();
  });
  let submitting = false;
  addEventListener("submit", () => { submitting = true; setTimeout(() => { submitting = false; }, 3000); });

  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[href]");
    if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (link.target || link.origin !== location.origin || link.getAttribute("href").startsWith("#")) return;
    if (!begun || over || !worth()) return;
    event.preventDefault();
    leaving = link.href;
    trouble.hidden = true;
    window_.showModal();
  });

  window_.addEventListener("click", async (event) => {
    const chosen = event.target.closest("button")?.value;
    if (!chosen) return;
    if (chosen === "stay") return window_.close();
    const done = chosen === "keep" ? await save() : await discard();
    if (!done) return void (trouble.hidden = false);
    over = true;
    location.assign(leaving);
  });

  async function discard() {
    clearTimeout(timer);
    const body = new URLSearchParams({ csrf_token: form.elements.csrf_token.value, token: form.elements.token.value });
    try {
      return (await ask(form.dataset.discard, { method: "POST", body })).ok;
    } catch {
      return false;
    }
  }
}
