// The head of the page, in the language spoken now.
import { itemCount, watch } from "./cart.js";
import { icon } from "./icons.js";
import { $, h, say } from "./kit/dom.js";
import { leads, place } from "./kit/router.js";
import { drawShell } from "./kit/shell.js";
import { t } from "./words.js";

let unwatch = null;

/** Write the head in the language spoken now. */
export function drawHead(switched) {
  leads($(".home"), {}).replaceChildren(icon("shop"), h("span", t("shop")));
  const at = place();
  const link = (name, there, here, ...inner) => {
    const made = leads(h("a", h("span", t(name)), ...inner), there);
    if (here) made.setAttribute("aria-current", "page");
    return made;
  };
  const count = h("b.count");
  const show = () => {
    say(count, itemCount() || "");
    count.hidden = !itemCount();
  };
  show();
  unwatch?.();
  unwatch = watch(show);
  $(".top nav").replaceChildren(
    link("ordersShort", { view: "orders" }, at.view === "orders" || at.order, icon("orders")),
    link("cart", { view: "cart" }, at.view === "cart", icon("cart"), count),
  );
  drawShell({ switched });
}
