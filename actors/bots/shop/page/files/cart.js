// The cart: products and quantities, kept in this browser for each visitor. Prices are never kept.
import { bot, newKey } from "./kit/api.js";
import { keep, recall, watchers } from "./kit/store.js";

let name = "";
let lines = new Map();
let promo = "";
let attempt = null;
let [linesMax, quantityMax] = [10, 10];
const { watch, tell } = watchers();

/** `watch(told)`: told of every change, until the function that it returns is called. */
export { watch };

export function openCart(visitor, mostLines, mostOfOne) {
  name = `mailroom.cart.${bot}.${visitor}`;
  [linesMax, quantityMax] = [mostLines, mostOfOne];
  let kept;
  try {
    kept = JSON.parse(recall(name) ?? "{}");
  } catch {
    kept = {};
  }
  const pairs = (Array.isArray(kept.lines) ? kept.lines : []).filter(
    ([product, quantity]) => Number.isInteger(product) && Number.isInteger(quantity) && quantity > 0 && quantity <= quantityMax,
  );
  lines = new Map(pairs.slice(0, linesMax));
  promo = typeof kept.promo === "string" ? kept.promo : "";
  attempt = kept.attempt ?? null;
  tell();
}

export const quantityOf = (product) => lines.get(product) ?? 0;
export const contents = () => [...lines];
export const itemCount = () => [...lines.values()].reduce((sum, quantity) => sum + quantity, 0);
export const promoCode = () => promo;

/** Have so many of a product. Returns which limit was in the way: "lines", "quantity" or nothing. */
export function setQuantity(product, quantity) {
  if (quantity > quantityMax) return "quantity";
  if (quantity > 0 && !lines.has(product) && lines.size >= linesMax) return "lines";
  if (quantity > 0) lines.set(product, quantity);
  else lines.delete(product);
  changed();
  return null;
}

export function setPromoCode(code) {
  promo = code;
  changed();
}

export function empty() {
  lines = new Map();
  promo = "";
  attempt = null;
  changed();
}

export const limits = () => ({ linesMax, quantityMax });

/**
 * The key of an order of exactly this: an order whose answer was lost is sent again with the same key, so there
 * is one order all the same; whatever else is ordered gets another.
 */
export function orderKey(what) {
  const of = JSON.stringify(what);
  if (attempt?.of !== of) {
    attempt = { of, key: newKey() };
    save();
  }
  return attempt.key;
}

function changed() {
  save();
  tell();
}

function save() {
  keep(name, JSON.stringify({ lines: [...lines], promo, attempt }));
}
