// Problems with orders: who waits for an answer, and in an order's sheet what was written, the answer, and what was sold.
import { ask } from "./ask.js";
import { h } from "./dom.js";
import { addressOf } from "./sheet.js";
import { at, day, onceKey, shop } from "./shop_words.js";
import { act } from "./why.js";

const SHOWN = 10;
const CHARS_MAX = 1000;
const notice = h("p.complaints", { hidden: true });

/** Above the orders: those whose customers wait for an answer, who has waited longest first. */
export async function refreshComplaints(box) {
  const found = await ask(at(`complaints?most=${SHOWN}`));
  if (!notice.isConnected) box.querySelector("form").before(notice);
  notice.hidden = !found.length;
  const links = found.map((one) => h("a", `Order ${one.order}`, { href: addressOf("order", `${shop()}:${one.order}`), title: one.text }));
  notice.replaceChildren("Problems with orders wait for an answer: ", ...links.flatMap((link, place) => (place ? [", ", link] : [link])), found.length < SHOWN ? "." : ", …");
}

/** What was said about an order, and a field for the answer. */
export function complaintView({ order, complaint }, bot) {
  const text = h("textarea", { rows: 2, maxLength: CHARS_MAX, ariaLabel: "Answer to the customer", placeholder: "Answer to the customer" });
  const answer = h("button", "Answer", { onclick: () => text.value.trim() && act({
    title: `Answer about order ${order.number}`,
    button: "Send",
    says: `The customer reads in the chat: “${text.value.trim()}”`,
    path: at(`orders/${order.number}/answer`, bot),
    body: { text: text.value, key: onceKey() },
  }) });
  const close = complaint && !complaint.closed_at ? h("button", "Close without an answer", { onclick: () => act({
    title: `Order ${order.number}: close the problem`,
    button: "Close",
    says: "Nothing waits for an answer any more. The customer is not told.",
    path: at(`orders/${order.number}/close`, bot),
    body: { key: onceKey() },
  }) }) : null;
  const said = (complaint?.messages ?? []).map((one) => h("li", h("span.dim", `${day(one.at)} · ${one.who ?? "Customer"}: `), one.text));
  return h("section", h("h3", complaint && !complaint.closed_at ? "Problem: the customer waits for an answer" : "Problem"),
    said.length ? h("ul", said) : h("p.dim", "None."), text, h("div.buttons", answer, close));
}

/** How an item of an order stands. */
export const itemState = (item) => item.dead_at ? `did not work, replaced ${day(item.dead_at)}` : item.replaces ? `given instead ${day(item.sold_at)}` : `sold ${day(item.sold_at)}`;

/** The button that has an item replaced; none where it cannot be. */
export function replaceButton(order, item, bot) {
  if (order.status !== "delivered" || item.dead_at) return "";
  return h("button", "Replace", { onclick: () => act({
    title: `Replace ${item.title} of order ${order.number}`,
    button: "Replace",
    says: "The customer gets another one from stock at once, and the supplier is told. This one is never sold again.",
    path: at(`orders/${order.number}/items/${item.id}/replace`, bot),
    body: { key: onceKey() },
  }) });
}
