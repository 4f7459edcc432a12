// Where in the shop the customer is: the query of the address says it, so that links, reloads and the back button work.

const OURS = ["view", "order", "product"];
let follow = () => {};

/** `{ view, order, product }` of the address. */
export function place() {
  const query = new URLSearchParams(location.search);
  const order = Number(query.get("order"));
  const product = Number(query.get("product"));
  return {
    view: query.get("view") ?? "",
    order: Number.isSafeInteger(order) && order > 0 ? order : null,
    product: Number.isSafeInteger(product) && product > 0 ? product : null,
  };
}

/** The address of a place; what is not ours in it (the bot, Telegram's part) stays. */
export function address(there) {
  const query = new URLSearchParams(location.search);
  for (const name of OURS) query.delete(name);
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

/** Back to where the customer came from; whoever came from outside goes to the catalogue. */
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
