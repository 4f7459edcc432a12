// The customer's orders, newest first.
import { ask } from "./kit/api.js";
import { aria, h } from "./kit/dom.js";
import { day, money } from "./kit/language.js";
import { go, leads } from "./kit/router.js";
import { button, heading, nothing, setAction, trouble } from "./kit/shell.js";
import { t } from "./words.js";

/** A word with a dot of colour: how an order stands, in the service's one word for it. */
export const stateOf = ({ status, status_name: [first, ...rest] }) => h("span.state", { dataset: { state: status } }, first.toUpperCase(), rest.join(""));

/** Show them. */
export function showOrders(root) {
  const list = h("div", { ariaBusy: "true" }, h(".skeleton.rows", { ariaHidden: "true" }, h("i"), h("i"), h("i")));
  root.classList.add("narrow");
  root.replaceChildren(heading(t("orders")), list);
  const again = async () => {
    try {
      const orders = await ask("GET", "orders");
      list.replaceChildren(orders.length ? h("ul.orders", orders.map(row)) : nothing("📦", t("noOrders"), t("noOrdersHint"), button(t("toCatalogue"), () => go({}), "main")));
    } catch (error) {
      list.replaceChildren(trouble(error, again));
    }
    aria(list, "busy", false);
  };
  again();
  const act = () => setAction(null);
  act();
  return { leave() {}, act, again };
}

function row(order) {
  return h("li", leads(h("a",
    h("span", h("b", t("orderNumber", order.number)), h("small", day(order.created_at))),
    h("span.right", h("b", money(order.total_minor, order.currency)), h("small", t("items", order.items))),
    stateOf(order)), { order: order.number }));
}
