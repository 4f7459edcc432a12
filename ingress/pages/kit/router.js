// Where on the page the visitor is: the query of the address says it, so that links, reloads and the back button work.

let ours = {};
let follow = () => {};

/** Say what makes a place on this page: `{ view: String, order: Number }`. A number is a positive one, or null. */
export function places(fields) {
  ours = fields;
}

/** What the address says of each of them: `{ view, order }`. */
export function place() {
  const query = new URLSearchParams(location.search);
  return Object.fromEntries(Object.entries(ours).map(([name, kind]) => [name, kind === Number ? positive(query.get(name)) : query.get(name) ?? ""]));
}

function positive(text) {
  const number = Number(text);
  return Number.isSafeInteger(number) && number > 0 ? number : null;
}

/** The address of a place; what is not of the page in it (Telegram's part) stays. */
export function address(there) {
  const query = new URLSearchParams(location.search);
  for (const name of Object.keys(ours)) query.delete(name);
  for (const [name, value] of Object.entries(there)) if (value) query.set(name, value);
  const text = query.toString();
  return `${location.pathname}${text ? `?${text}` : ""}${location.hash}`;
}

const depth = () => history.state?.depth ?? 0;

/** Go somewhere. `instead` leaves nothing to come back to. */
export function go(there, { instead = false } = {}) {
  const state = { depth: instead ? depth() : depth() + 1 };
  if (instead) history.replaceState(state, "", address(there));
  else history.pushState(state, "", address(there));
  follow();
}

/** Back to where the visitor came from; whoever came from outside goes to the beginning. */
export function back() {
  if (depth() > 0) history.back();
  else go({}, { instead: true });
}

export const isHome = () => Object.values(place()).every((value) => !value);

/** A link that goes without loading the page anew. */
export function leads(link, there) {
  link.href = address(there);
  link.onclick = (event) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button) return;
    event.preventDefault();
    go(there);
  };
  return link;
}

export function onMove(moved) {
  follow = moved;
  addEventListener("popstate", moved);
}
