// The order of the routing rules: dragging, and buttons that keep the place of the reader.

import { ask, banner, say, SignedOut, signedOut } from "./page.js";

const box = document.getElementById("rules");
let dragged = null; // the row under way
let before = ""; // the order when the drag began
let last = Promise.resolve(); // what was pressed last: one after another, in the order of pressing

const rows = () => [...box.querySelectorAll(".rule")];
const order = () => rows().map((row) => row.dataset.id).join(",");

/** Send a form of this page, after those before it, and show what the page looks like then. */
function send(url, fields) {
  last = last.then(() => sendNow(url, fields));
  return last;
}

async function sendNow(url, fields) {
  try {
    fields.set("csrf_token", box.querySelector("[name=csrf_token]").value);
    const response = await ask(url, { method: "POST", body: new URLSearchParams(fields) });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const fresh = page.getElementById("rules");
    if (!fresh) throw new Error(response.statusText);
    box.innerHTML = fresh.innerHTML;
    dragged = null; // its row is gone
    banner("");
  } catch (error) {
    if (error instanceof SignedOut) return signedOut();
    banner("The box does not answer; nothing was changed. Try again.");
  }
}

box.addEventListener("submit", async (event) => {
  const button = event.submitter;
  if (!button?.id) return; // forms that lead to another page
  event.preventDefault();
  const row = button.closest(".rule").dataset.id;
  const fields = new FormData(event.target);
  fields.set(button.name, button.value);
  await send(event.target.action, fields);
  const again = document.getElementById(button.id);
  const other = document.getElementById(button.id.startsWith("up-") ? `down-${row}` : `up-${row}`);
  (again?.disabled ? other : again)?.focus();
  const now = rows().findIndex((one) => one.dataset.id === row) + 1;
  if (button.value === "up" || button.value === "down") say(`Rule ${now} of ${rows().length}`);
});

// Only the grip drags: the words of a rule stay text that can be selected.
box.addEventListener("pointerdown", (event) => {
  const row = event.target.closest(".grip")?.closest(".rule");
  if (!row || event.button) return;
  event.preventDefault();
  dragged = row;
  before = order();
  row.classList.add("dragged");
  row.querySelector(".grip").setPointerCapture(event.pointerId);
});

box.addEventListener("pointermove", (event) => {
  if (!dragged) return;
  const over = rows().find((row) => {
    const { top, bottom } = row.getBoundingClientRect();
    return row !== dragged && event.clientY > top && event.clientY < bottom;
  });
  if (!over) return;
  const { top, height } = over.getBoundingClientRect();
  const lower = event.clientY > top + height / 2;
  const down = rows().indexOf(over) > rows().indexOf(dragged);
  if (lower && down) over.after(dragged);
  else if (!lower && !down) over.before(dragged);
});

async function drop(event) {
  if (!dragged) return;
  dragged.classList.remove("dragged");
  dragged = null;
  if (event.type === "pointercancel") return location.reload();
  if (order() === before) return;
  const fields = new FormData();
  fields.set("ids", order());
  await send(box.dataset.order, fields);
}

box.addEventListener("pointerup", drop);
box.addEventListener("pointercancel", drop);
