// Paying: the ways there are, and the way to the provider's page.
import { ask } from "./kit/api.js";
import { h } from "./kit/dom.js";
import { openLink } from "./kit/telegram.js";
import { shop } from "./store.js";
import { t } from "./words.js";

const NAME = "provider";
let atOnce = null;

/** The order that was placed a moment ago is paid without another press, if there is only one way. */
export function payAtOnce(order) {
  atOnce = order.providers.length === 1 ? order.number : null;
}

/** Whether an order is to be paid now; true once. */
export function isAtOnce(number) {
  const is = atOnce === number;
  if (is) atOnce = null;
  return is;
}

/** Where an order is paid at a provider. Raises a `Problem`. */
export async function payUrl(number, provider) {
  const { url } = await ask("POST", `orders/${number}/pay`, { provider });
  if (!/^https?:\/\//i.test(url)) throw new Error(`a payment page has no address like ${url}`);
  return url;
}

export const openPayment = openLink;

/** Who takes what is to be paid for an order, in the shop's order. */
export const takers = (order) => shop.providers.filter((one) => order.providers.includes(one.name));

/** The ways to pay for an order, one of them chosen. */
export function providerChoice(order, chosen, choose) {
  const providers = takers(order);
  if (!providers.length) return null;
  return h("fieldset.providers", h("legend", t("howToPay")), providers.map((one) => h("label",
    h("input", { type: "radio", name: NAME, value: one.name, checked: one.name === chosen, onchange: () => choose(one.name) }),
    h("span", one.title, one.test ? h("small", t("testPayment")) : null))));
}
