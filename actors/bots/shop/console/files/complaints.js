// Problems with orders: who waits for an answer, and in an order's sheet what was written, the answer, and what was sold.
import { day } from "./words.js";

const SHOWN = 10;
const CHARS_MAX = 1000;

/** Above the orders: those whose customers wait for an answer, who has waited longest first. */
export function complaintsOf({ ask, dom: { h }, sheetAddress }, box) {
  const notice = h("p.complaints", { hidden: true });
  box.querySelector("form").before(notice);
  return async () => {
    const found = await ask(`complaints?most=${SHOWN}`);
    notice.hidden = !found.length;
    const links = found.map((one) => h("a", `Order ${one.order}`, { href: sheetAddress("order", one.order), title: one.text }));
    notice.replaceChildren("Problems with orders wait for an answer: ", ...links.flatMap((link, place) => (place ? [", ", link] : [link])), found.length < SHOWN ? "." : ", …");
  };
}

/** What was said about an order, and a field for the answer. */
export function complaintView({ act, dom: { h }, onceKey }, { order, complaint }) {
  const text = h("textarea", { rows: 2, maxLength: CHARS_MAX, ariaLabel: "Answer to the customer", placeholder: "Answer to the customer" });
  const answer = h("button", "Answer", { onclick: () => text.value.trim() && act({
    title: `Answer about order ${order.number}`,
    button: "Send",
    says: `The customer reads in the chat: “${text.value.trim()}”`,
    path: `orders/${order.number}/answer`,
    body: { text: text.value, key: onceKey() },
  }) });
  const close = complaint && !complaint.closed_at ? h("button", "Close without an answer", { onclick: () => act({
    title: `Order ${order.number}: close the problem`,
    button: "Close",
    says: "Nothing waits for an answer any more. The customer is not told.",
    path: `orders/${order.number}/close`,
    body: { key: onceKey() },
  }) }) : null;
  const said = (complaint?.messages ?? []).map((one) => h("li", h("span.dim", `${day(one.at)} · ${one.who ?? "Customer"}: `), one.text));
  return h("section", h("h3", complaint && !complaint.closed_at ? "Problem: the customer waits for an answer" : "Problem"),
    said.length ? h("ul", said) : h("p.dim", "None."), text, h("div.buttons", answer, close));
}

/** How an item of an order stands. */
export const itemState = (item) => item.dead_at ? `did not work, replaced ${day(item.dead_at)}` : item.replaces ? `given instead ${day(item.sold_at)}` : `sold ${day(item.sold_at)}`;

/** The button that has an item replaced; none where it cannot be. */
export function replaceButton({ act, dom: { h }, may, onceKey }, order, item) {
  if (order.status !== "delivered" || item.dead_at || !may("POST", "/orders/{number}/items/{item}/replace")) return "";
  return h("button", "Replace", { onclick: () => act({
    title: `Replace ${item.title} of order ${order.number}`,
    button: "Replace",
    says: "The customer gets another one from stock at once, and the supplier is told. This one is never sold again.",
    path: `orders/${order.number}/items/${item.id}/replace`,
    body: { key: onceKey() },
  }) });
}
