// One product: its price wherever it is shown, the stepper that puts it into the cart, and its sheet.
import { limits, quantityOf, setQuantity, watch } from "./cart.js";
import { icon } from "./icons.js";
import { $, h, say } from "./kit/dom.js";
import { money, percent } from "./kit/language.js";
import { back, go, place } from "./kit/router.js";
import { setAction, toast } from "./kit/shell.js";
import { feel } from "./kit/telegram.js";
import { shop } from "./store.js";
import { t } from "./words.js";

const FEW = 5;

export const pictureOf = (product) => shop.categories.find((one) => one.id === product.category_id)?.icon || "🎁";

/** What a product looks like: its picture, or the sign of its category where it has none or it does not come. */
export function tileOf(product, kind = "tile") {
  const tile = h(`span.${kind}`, { ariaHidden: "true" });
  if (!product?.picture) {
    tile.append(product ? pictureOf(product) : "·");
    return tile;
  }
  const image = h("img", { src: product.picture, alt: "", loading: "lazy", decoding: "async" });
  image.onerror = () => image.replaceWith(pictureOf(product));
  tile.append(image);
  return tile;
}

/** The price of one now, and what it was before. */
export function priceOf({ price_minor: now, list_price_minor: list, currency }) {
  return h("span.price", h("b", money(now, currency)), now < list && h("s", money(list, currency)));
}

/** The discount, how many there are as far as it matters, and the discount for more of them. */
export function stockOf(product) {
  const { price_minor: now, list_price_minor: list } = product;
  const stock = h("span.stock", now < list && h("span.badge", percent(-Math.round((1 - now / list) * 100))));
  if (!product.available) stock.append(h("span.out", t("soldOut")));
  else if (product.available <= FEW) stock.append(h("span.few", t("left", product.available)));
  const more = product.discounts.find((one) => one.min_quantity > 1 && one.price_minor < product.price_minor);
  if (more && product.available >= more.min_quantity) stock.append(h("span", t("fromCount", more.min_quantity, percent(-more.percent))));
  return stock;
}

/** More and less of a product in the cart; one button as long as there is none. Always as wide and as high. */
export function stepper(product, words = false) {
  const box = h(`.stepper${words ? ".wide" : ""}`);
  const change = (by) => {
    const quantity = quantityOf(product.id) + by;
    const { linesMax, quantityMax } = limits();
    if (by > 0 && quantity > product.available) return toast(t("onlyLeft", product.available), true);
    const refused = setQuantity(product.id, quantity);
    if (refused) return toast(refused === "lines" ? t("manyLines", linesMax) : t("manyOfOne", quantityMax), true);
    return feel("tap");
  };
  const one = (kind, by, label) => h(`button.${kind}`, { type: "button", ariaLabel: label, onclick: () => change(by) }, icon(kind));
  const add = h("button.add.main", { type: "button", ariaLabel: words ? null : t("addOne", product.title), onclick: () => change(1) }, words ? t("add") : icon("plus"));
  const [less, many, more] = [one("minus", -1, t("less", product.title)), h("output"), one("plus", 1, t("more", product.title))];
  box.append(less, many, more, add);
  box.update = () => {
    const quantity = quantityOf(product.id);
    const focused = box.contains(document.activeElement);
    for (const part of [less, many, more]) part.hidden = !quantity;
    add.hidden = Boolean(quantity);
    add.disabled = !product.available;
    more.disabled = quantity >= Math.min(product.available, limits().quantityMax);
    say(many, quantity || "");
    // The button that had the focus may be gone, or off.
    if (focused) (quantity ? (more.disabled ? less : more) : add).focus({ preventScroll: true });
  };
  box.update();
  return box;
}

let unwatch = null;

/** Show the sheet of the product in the address, or none. */
export function showSheet() {
  const dialog = $("#product");
  const product = shop.products.get(place().product);
  unwatch?.();
  unwatch = null;
  if (!product) {
    if (dialog.open) dialog.close();
    return false;
  }
  const steps = stepper(product, true);
  const close = h("button.plain.close", { type: "button", ariaLabel: t("close"), onclick: back }, icon("close"));
  dialog.replaceChildren(
    h(".sheet",
      product.picture && tileOf(product, "picture"),
      h(".head", product.picture ? null : tileOf(product), h("h2", { id: "product-title" }, product.title), close),
      h("p.description", product.description),
      discountsOf(product),
      h("p.dim", product.available ? t("delivery") : t("soldOut")),
      h("footer", h("div", priceOf(product), stockOf(product)), steps)),
  );
  unwatch = watch(steps.update);
  // Escape goes the way of every other way back, so that the address says what is shown.
  dialog.oncancel = (event) => {
    event.preventDefault();
    back();
  };
  dialog.onclick = (event) => event.target === dialog && back();
  if (!dialog.open) dialog.showModal();
  setAction(null);
  return true;
}

function discountsOf(product) {
  const better = product.discounts.filter((one) => one.price_minor < product.list_price_minor);
  if (!better.length) return null;
  return h("section.discounts", h("h3", t("discounts")), h("ul", better.map((one) => h("li",
    h("span", one.title), h("span", h("b", money(one.price_minor, product.currency)), ` ${t("fromEach", one.min_quantity)}`)))));
}

export const openSheet = (product) => go({ ...place(), product: product.id });
