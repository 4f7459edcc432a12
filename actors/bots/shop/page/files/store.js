// What the page knows: who is here, what is on sale, which language is spoken.
import { openCart } from "./cart.js";
import { ask } from "./kit/api.js";
import { chooseLanguage, chosenLanguage, otherLanguage, speak, speaks } from "./kit/language.js";

const FRESH_MS = 60_000;

/** `visitor`, `contact`, `providers`, limits and the catalogue, as the API gives them. */
export const shop = { products: new Map() };
let takenAt = 0;

/** Meet the shop: everything the page begins with. */
export async function start() {
  const { catalogue, ...who } = await ask("GET", "start", null, { language: chosenLanguage() });
  Object.assign(shop, who);
  take(catalogue, who.language);
  openCart(who.visitor.id, who.lines_max, who.quantity_max);
}

/** Speak the other language, and know everything in it. */
export async function switchLanguage() {
  const other = otherLanguage();
  chooseLanguage(other);
  const { catalogue, providers } = await ask("GET", "start", null, { language: other });
  shop.providers = providers;
  take(catalogue, other);
}

/** Look again what is on sale. */
export async function refresh() {
  take(await ask("GET", "catalogue"), speaks());
}

export const isOld = () => Date.now() - takenAt > FRESH_MS;

/** What is on sale has changed, as an order has shown: look again when it is next needed. */
export function outdate() {
  takenAt = 0;
}

function take({ categories, products, digits }, language) {
  speak(language, digits);
  takenAt = Date.now();
  shop.categories = categories;
  shop.products = new Map(products.map((product) => [product.id, product]));
}
