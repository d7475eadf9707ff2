// What every page script shares: asking the box, saying things, telling the time.

export class SignedOut extends Error {}

/** Fetch from the box as its own page. Throws SignedOut, or Error when it does not answer. */
export async function ask(url, options = {}) {
  const headers = { "X-Requested-By": "page", ...options.headers };
  const response = await fetch(url, { cache: "no-store", ...options, headers });
  if (response.status === 401) throw new SignedOut();
  return response;
}

const bar = document.getElementById("banner");
const spoken = document.getElementById("spoken");

/** Show one line above everything until `banner("")`. */
export function banner(words, link) {
  if (bar.dataset.words === words) return;
  bar.dataset.words = words;
  bar.textContent = words;
  if (link) {
    const a = document.createElement("a");
    a.href = link.href;
    a.textContent = link.words;
    bar.append(" ", a);
  }
  bar.hidden = !words;
}

export function signedOut() {
  const here = location.pathname + location.search;
  banner("You are signed out.", { words: "Sign in", href: `/sign-in?next=${encodeURIComponent(here)}` });
}

/** Where somebody is writing no link leads away: Send comes to the sign-in, which keeps the words. */
export function signedOutWriting() {
  banner("You are signed out. Press Send: you can sign in then, and what you wrote is kept.");
}

/** For screen readers only. */
export function say(words) {
  spoken.textContent = words;
}

const MINUTE = 60_000, HOUR = 60 * MINUTE;

/** Recent instants in relative words; the exact one is in the title, and older ones stay as they are. */
export function tellTime(root = document) {
  for (const time of root.querySelectorAll("time[data-ago]")) {
    time.dataset.exact ??= time.textContent;
    const age = Date.now() - Date.parse(time.dateTime);
    let words = time.dataset.exact;
    if (age > -MINUTE && age < MINUTE) words = "just now";
    else if (age >= MINUTE && age < HOUR) words = `${Math.floor(age / MINUTE)} min ago`;
    if (time.textContent !== words) time.textContent = words;
  }
}
