// The sheet at the side: one chat, dead letter or job, opened by its address (#chat/…, #letter/…, #job/…), so that a
// link to it can be sent to a colleague.
import { $, say } from "./dom.js";

const sheet = $("#sheet");
const content = $(".content", sheet);
const kinds = {};
let close = null;
let shown = "";

/** `open(id, content)` fills the sheet and returns what ends its updates. */
export function sheetFor(kind, title, open) {
  kinds[kind] = { title, open };
}

export const addressOf = (kind, id) => `#${kind}/${encodeURIComponent(id)}`;

export function followAddress() {
  const [kind, id] = location.hash.slice(1).split("/");
  close?.();
  close = null;
  content.replaceChildren();
  if (!kinds[kind] || !id) {
    if (sheet.open) sheet.close();
    return;
  }
  const name = decodeURIComponent(id);
  shown = location.hash;
  say($("#sheet-title"), `${kinds[kind].title} ${name}`);
  if (!sheet.open) sheet.showModal();
  content.scrollTop = 0;
  close = kinds[kind].open(name, content);
}

export const closeSheet = () => sheet.close();

// Told a while after it was closed: by then somebody may have opened the next.
sheet.addEventListener("close", () => {
  if (sheet.open) return;
  close?.();
  close = null;
  if (location.hash === shown) history.replaceState(null, "", location.pathname + location.search);
});
sheet.addEventListener("click", (event) => {
  if (event.target === sheet) sheet.close();
});
addEventListener("hashchange", followAddress);
