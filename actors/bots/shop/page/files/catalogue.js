// What is on sale: by category, or what a search finds.
import { itemCount, watch } from "./cart.js";
import { icon } from "./icons.js";
import { h, say } from "./kit/dom.js";
import { address, go } from "./kit/router.js";
import { button, nothing, setAction } from "./kit/shell.js";
import { policyLinks } from "./policy.js";
import { openSheet, priceOf, stepper, stockOf, tileOf } from "./product.js";
import { isOld, refresh, shop } from "./store.js";
import { t } from "./words.js";

let wanted = "";
let category = 0;

/** Show it. A view tells how to leave it, to offer what comes next, and to look again. */
export function showCatalogue(root) {
  const list = h(".sections");
  const search = h("input", { type: "search", value: wanted, placeholder: t("search"), ariaLabel: t("search"), enterKeyHint: "search", autocomplete: "off" });
  const chips = h(".chips", { role: "group", ariaLabel: t("categories") });
  const result = h("p.unseen", { role: "status" });
  const draw = () => {
    drawChips(chips, draw);
    const found = find();
    list.replaceChildren(...sections(found, () => {
      search.value = wanted = "";
      category = 0;
      draw();
    }));
    say(result, wanted ? t("found", found.length) : "");
  };
  search.oninput = () => {
    wanted = search.value;
    draw();
  };
  root.replaceChildren(h("h1.unseen", { tabIndex: -1 }, t("shop")), h(".find", icon("search"), search), chips, result, list, policyLinks());
  draw();
  const act = () => setAction(itemCount() ? { text: t("goToCart", itemCount()), run: () => go({ view: "cart" }) } : null);
  act();
  const unwatch = watch(() => {
    for (const box of list.querySelectorAll(".stepper")) box.update();
    act();
  });
  const again = () => refresh().then(draw, () => {});
  if (isOld()) again();
  return { leave: unwatch, act, again };
}

function drawChips(chips, draw) {
  const shelves = [{ id: 0, title: t("all"), icon: "" }, ...shop.categories];
  if (!shelves.some((one) => one.id === category)) category = 0;
  if (chips.childElementCount === shelves.length) {
    [...chips.children].forEach((chip, place) => chip.setAttribute("aria-pressed", String(shelves[place].id === category)));
    return;
  }
  chips.replaceChildren(...shelves.map((one) => h("button", {
    type: "button", ariaPressed: String(one.id === category),
    onclick: (event) => {
      category = one.id;
      draw();
      event.currentTarget.scrollIntoView({ block: "nearest", inline: "center" });
    },
  }, one.icon ? `${one.icon} ${one.title}` : one.title)));
}

/** Every word has to be somewhere in the title, the description or the name of the category. */
function find() {
  const words = wanted.toLowerCase().split(/\s+/).filter(Boolean);
  const titles = new Map(shop.categories.map((one) => [one.id, one.title]));
  return [...shop.products.values()].filter((product) => {
    if (category && product.category_id !== category) return false;
    const text = `${product.title} ${product.description} ${titles.get(product.category_id) ?? ""}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

function sections(found, showAll) {
  if (!shop.products.size) return [nothing("🌱", t("nothingOnSale"), t("nothingOnSaleHint"))];
  if (!found.length) return [nothing("🔎", t("nothingFound", wanted.trim()), t("nothingFoundHint"), button(t("showAll"), showAll))];
  return shop.categories
    .map((one) => [one, found.filter((product) => product.category_id === one.id)])
    .filter(([, products]) => products.length)
    .map(([one, products]) => h("section", h("h2", one.title), h(".cards", products.map(card))));
}

function card(product) {
  const link = h("a", { href: address({ product: product.id }), onclick: (event) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    openSheet(product);
  } }, product.title);
  return h(`article.card${product.available ? "" : ".gone"}`,
    tileOf(product),
    h(".about", h("h3", link), h("p.dim", product.description), h(".terms", priceOf(product), stockOf(product))),
    stepper(product));
}
