// Discounts of the shop: all of them, a new one in a line, and the end of one.
import { lastDay, share } from "./words.js";

const MOST = 100;

export function discountsOf({ act, ask, dom: { $, h, keep, row, say, state }, onceKey, words: { count } }, box) {
  const form = $("form", box);

  function offerRow({ id, title_en, percent, slug }) {
    const [terms, word] = [h("span"), h("span")];
    const off = h("button", "Switch off", { ariaLabel: `Switch off discount ${id}`, onclick: () =>
      act({ title: `Switch off discount ${id}`, button: "Switch off", says: `${title_en}, ${share(-percent)}. Orders that were placed keep their prices.`, path: `discounts/${id}/off`, body: {} }) });
    const line = row(["", h("span", `${id} `, h("b", title_en)), ".first"], ["less", share(percent), ".number"], ["on", slug ? h("span.chat", slug) : "everything"], ["", terms, ".wide"], ["", word], ["", off, ".acts"]);
    line.update = (offer) => {
      say(terms, [
        offer.min_quantity > 1 ? `from ${offer.min_quantity}` : "",
        offer.promo_code ? `code ${offer.promo_code}` : "",
        offer.ends_at ? `until ${lastDay(offer.ends_at)}` : "",
        offer.uses_max ? `used ${count(offer.uses)} of ${count(offer.uses_max)}` : offer.promo_code ? `used ${count(offer.uses)} times` : "",
      ].filter(Boolean).join(", ") || "for everybody");
      state(word, offer.in_force ? "good" : "", offer.in_force ? "in force" : offer.active ? "over" : "switched off");
      off.hidden = !offer.active;
    };
    return line;
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    act({ title: "Add a discount", button: "Add", says: `${form.line.value} – in force at once.`, path: "discounts", body: { line: form.line.value, key: onceKey() }, done: () => form.reset() });
  });

  return async () => {
    const offers = await ask(`discounts?most=${MOST}`);
    keep($("tbody", box), offers, (offer) => String(offer.id), offerRow);
    $("table", box).hidden = !offers.length;
    $(".empty", box).hidden = offers.length > 0;
    const inForce = offers.filter((offer) => offer.in_force).length;
    say($(".count", box), offers.length ? `${count(inForce)} in force` : "");
  };
}
