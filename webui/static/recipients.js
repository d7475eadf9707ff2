// Recipients: suggestions while one types, chips to take out, Show all contacts to tick in.
// The field stays what is sent; all of this only writes into it.

import { ask, say, SignedOut, signedOutWriting } from "./page.js";

const SEPARATORS = /[,;\r\n\t]+/;
const SHORT_CODE = /^\d{1,6}$/;

const entries = (field) => field.value.split(SEPARATORS).map((e) => e.trim()).filter(Boolean);

function write(field, list) {
  field.value = list.length ? list.join(", ") + ", " : "";
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

/** The entry that the caret is in while the field has the focus. */
export function beingTyped(field) {
  if (document.activeElement !== field) return "";
  const [before, after] = [field.value.slice(0, field.selectionStart), field.value.slice(field.selectionStart)];
  return (before.split(SEPARATORS).at(-1) + after.split(SEPARATORS)[0]).trim();
}

/** Sets everything up; returns what shows the chips that the box has made. */
export function choosing(form) {
  const field = form.elements.recipients;
  const who = document.getElementById("who");
  suggesting(field);
  showing(form, field);
  who.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-typed]");
    if (!button) return;
    event.preventDefault();
    const list = entries(field);
    const at = list.indexOf(button.dataset.typed);
    if (at >= 0) list.splice(at, 1);
    for (const box of form.querySelectorAll("[name=pick]"))
      if (box.value === button.dataset.typed) box.checked = false;
    write(field, list);
    field.focus();
  });
  // What is ticked is in the field already; a chip that was taken out must not come back.
  form.addEventListener("formdata", (event) => event.formData.delete("pick"));
  return (html) => {
    if (html !== undefined && who.innerHTML.trim() !== html.trim()) who.innerHTML = html;
  };
}

// suggestions ---------------------------------------------------------------------------------

export function suggesting(field) {
  const list = document.createElement("ul");
  list.id = `${field.id}-offers`;
  list.className = "offers";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Suggestions");
  list.hidden = true;
  field.after(list);
  field.setAttribute("aria-autocomplete", "list");
  field.setAttribute("aria-controls", list.id);
  let offers = [], offered = "", at = -1, asked = 0, timer;

  const close = () => { list.hidden = true; at = -1; field.removeAttribute("aria-activedescendant"); };
  const current = () => {
    const before = field.value.slice(0, field.selectionStart);
    const start = before.length - before.split(SEPARATORS).at(-1).length;
    return { start, typed: before.slice(start).trim() };
  };
  const mark = (index) => {
    at = index;
    [...list.children].forEach((li, i) => li.setAttribute("aria-selected", i === at));
    const li = list.children[at];
    if (!li) return field.removeAttribute("aria-activedescendant");
    field.setAttribute("aria-activedescendant", li.id);
    li.scrollIntoView({ block: "nearest" });
  };
  const take = (offer) => {
    const { start } = current();
    const rest = field.value.slice(field.selectionStart).replace(/^\s*[,;]?\s*/, "");
    const head = field.value.slice(0, start).replace(/[,;]\s*$/, ", ");
    field.value = `${head}${offer.write}, ${rest}`;
    const caret = field.value.length - rest.length;
    field.setSelectionRange(caret, caret);
    close();
    field.focus();
    field.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const look = async () => {
    const mine = ++asked;
    const { typed } = current();
    if (!/\p{L}|\d{3}/u.test(typed) || typed.includes("<")) return close();
    try {
      const response = await ask(`${field.dataset.suggest}?q=${encodeURIComponent(typed)}`);
      const found = response.ok ? await response.json() : [];
      if (mine !== asked || document.activeElement !== field) return;
      offered = typed;
      show(found);
    } catch (error) {
      if (error instanceof SignedOut) signedOutWriting();
      close();
    }
  };
  const show = (found) => {
    offers = found;
    list.replaceChildren(...found.map((offer, i) => {
      const li = document.createElement("li");
      li.id = `${list.id}-${i}`;
      li.setAttribute("role", "option");
      const name = document.createElement("bdi"), about = document.createElement("span");
      name.textContent = offer.name;
      about.textContent = offer.about;
      about.className = "about";
      li.append(name, about);
      return li;
    }));
    list.hidden = !found.length;
    mark(-1);
    if (found.length) say(found.length === 1 ? `${found[0].name}: Enter takes it` : `${found.length} suggestions`);
  };

  // The only one needs no arrow; but what was offered for other letters is nobody who is meant now,
  // and a short code means itself.
  const meant = () => {
    if (at >= 0) return offers[at];
    const { typed } = current();
    return offers.length === 1 && typed === offered && !SHORT_CODE.test(typed) ? offers[0] : null;
  };
  const soon = () => { clearTimeout(timer); timer = setTimeout(look, 120); };
  field.addEventListener("input", soon);
  if (document.activeElement === field && field.value) soon(); // typed before the script was here
  field.addEventListener("blur", () => { clearTimeout(timer); asked++; close(); });
  list.addEventListener("mousedown", (event) => {
    event.preventDefault();
    const li = event.target.closest("li");
    if (li) take(offers[[...list.children].indexOf(li)]);
  });
  field.addEventListener("keydown", (event) => {
    if (list.hidden) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) { event.preventDefault(); mark((at + step + offers.length + (at < 0 && step < 0 ? 1 : 0)) % offers.length); }
    else if (["Enter", "Tab"].includes(event.key) && meant() && !event.shiftKey) { event.preventDefault(); take(meant()); }
    else if (event.key === "Escape") { event.preventDefault(); close(); }
  });
}

// Show all contacts ---------------------------------------------------------------------------

function showing(form, field) {
  const button = document.getElementById("show-contacts");
  const box = document.getElementById("choose");
  let timer, asked = 0, answered = 0;

  const fetched = async (more) => {
    const mine = ++asked;
    const body = new URLSearchParams({
      csrf_token: form.elements.csrf_token.value,
      recipients: field.value,
      find: box.querySelector("#find")?.value ?? "",
      ...more,
    });
    try {
      const response = await ask(button.dataset.url, { method: "POST", body });
      if (!response.ok || mine !== asked) return;
      const html = await response.text();
      answered = mine;
      const find = box.querySelector("#find");
      const caret = document.activeElement === find && find ? find.selectionStart : null;
      box.innerHTML = html;
      if (caret !== null) {
        const again = box.querySelector("#find");
        again.focus();
        again.setSelectionRange(caret, caret);
      }
    } catch (error) {
      if (error instanceof SignedOut) signedOutWriting();
    }
  };
  button.addEventListener("click", async (event) => {
    event.preventDefault();
    const open = box.hidden;
    box.hidden = !open;
    button.setAttribute("aria-expanded", open);
    if (!open) return;
    await fetched({});
    box.querySelector("#find")?.focus();
  });
  box.addEventListener("change", (event) => {
    if (event.target.name !== "pick") return;
    const list = entries(field).filter((e) => e !== event.target.value);
    if (event.target.checked) list.push(event.target.value);
    write(field, list);
    if (asked !== answered) fetched({}); // the list under way knows nothing of this tick
  });
  box.addEventListener("input", (event) => {
    if (event.target.id !== "find") return;
    event.stopPropagation();
    clearTimeout(timer);
    timer = setTimeout(() => fetched({}), 150);
  });
  box.addEventListener("click", (event) => {
    const pressed = event.target.closest("button");
    if (!pressed) return;
    event.preventDefault();
    fetched(pressed.name === "after" ? { after: pressed.value } : {});
  });
  box.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.id === "find") event.preventDefault();
  });
}
