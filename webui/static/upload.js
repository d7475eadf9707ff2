// Sends a large file in pieces; small ones go with the form as they are.

import { banner } from "./page.js";

const SMALL = 4 << 20;
const PIECE = 512 << 10;
const form = document.querySelector("form[data-pieces]");

form?.addEventListener("submit", async (event) => {
  const input = form.elements.namedItem("file");
  const file = input.files[0];
  if (!file || file.size <= SMALL) return;
  event.preventDefault();
  const button = form.querySelector("button");
  const progress = document.getElementById("progress");
  button.disabled = true;
  progress.hidden = false;
  try {
    for (let offset = 0; offset < file.size; offset += PIECE) {
      progress.value = (100 * offset) / file.size;
      await put(file.slice(offset, offset + PIECE), offset);
    }
  } catch (error) {
    banner(`The file could not be brought to the box (${error.message}). Try again.`);
    button.disabled = false;
    progress.hidden = true;
    return;
  }
  const collected = Object.assign(document.createElement("input"), { type: "hidden", name: "collected", value: "1" });
  form.append(collected);
  input.disabled = true;
  form.submit();
});

async function put(piece, offset) {
  const token = form.elements.namedItem("csrf_token").value;
  const response = await fetch(`${form.dataset.pieces}?offset=${offset}`, {
    method: "PUT",
    body: piece,
    headers: { "X-CSRFToken": token, "X-Requested-By": "page" },
  });
  if (!response.ok) throw new Error(response.status === 409 ? "there is not enough room" : `${response.status}`);
}
