// The cart as it stands: what it costs today, and the way to an order.
import { contents, empty, itemCount, orderKey, promoCode, setPromoCode, setQuantity, watch } from "./cart.js";
import { icon } from "./icons.js";
import { ask } from "./kit/api.js";
import { aria, h, say } from "./kit/dom.js";
import { money } from "./kit/language.js";
import { go, leads, place } from "./kit/router.js";
import { button, heading, nothing, setAction, toastProblem, trouble } from "./kit/shell.js";
import { feel } from "./kit/telegram.js";
import { payAtOnce } from "./pay.js";
import { policyLinks } from "./policy.js";
import { stepper, tileOf } from "./product.js";
import { outdate, shop } from "./store.js";
import { t } from "./words.js";

const SETTLE_MS = 200;
let useBalance = true;
let contact = null;

/** Show it. */
export function showCart(root) {
  contact ??= shop.contact;
  let [quote, busy, timer, asking, left] = [null, false, 0, null, false];
  const rows = new Map();
  const list = h("ul.lines");
  const promo = promoForm(() => quote);
  const balance = h("label.check", { hidden: true },
    h("input", { type: "checkbox", checked: useBalance, onchange: (event) => { useBalance = event.target.checked; draw(); } }), h("span"));
  const address = contactField();
  const sums = h("dl.sums", { ariaLive: "polite" });
  const full = h(".basket", list, h("aside.summary", promo.element, balance, address, sums, h("p.dim", t("byOrdering")), policyLinks()));
  const none = nothing("🧺", t("emptyCart"), t("emptyCartHint"), button(t("toCatalogue"), () => go({}), "main"));
  const fault = h("div", { hidden: true });
  root.replaceChildren(heading(t("cart")), none, full, fault);

  const toPay = () => quote.total_minor - (useBalance ? quote.from_balance_minor : 0);
  const isFine = () => quote?.lines.length && !quote.missing.length && !quote.short.length;

  function act() {
    if (!itemCount()) return setAction(null);
    if (busy) return setAction({ text: t("ordering"), busy: true, run() {} });
    if (!quote) return setAction({ text: t("counting"), off: true, run() {} });
    const text = quote.lines.length && !toPay() ? t("orderFree") : t("order", money(quote.lines.length ? toPay() : 0, quote.currency ?? "RUB"));
    return setAction({ text, off: !isFine(), run: order });
  }

  function draw() {
    none.hidden = itemCount() > 0;
    full.hidden = !none.hidden;
    drawLines(list, rows, quote);
    promo.update();
    balance.hidden = !quote?.from_balance_minor;
    if (quote?.lines.length) {
      say(balance.lastChild, t("balance", money(quote.from_balance_minor, quote.currency)));
      drawSums(sums, quote, useBalance ? quote.from_balance_minor : 0);
    }
    full.classList.toggle("counting", !quote || Boolean(timer));
    act();
  }

  async function count() {
    asking?.abort();
    asking = new AbortController();
    const { signal } = asking;
    timer = 0;
    if (!itemCount()) return;
    try {
      const answer = await ask("POST", "quote", { lines: contents(), promo_code: promoCode() || null }, { signal });
      if (left || signal.aborted) return;
      quote = answer;
      fault.hidden = true;
    } catch (error) {
      if (left || signal.aborted) return;
      // Of a service that does not answer the banner tells; it looks again by itself.
      fault.hidden = Boolean(quote) || error.code === "lost";
      if (!fault.hidden) fault.replaceChildren(trouble(error, count));
      else if (error.code !== "lost") toastProblem(error);
    }
    draw();
  }

  async function order() {
    busy = true;
    act();
    const what = { lines: contents(), promo_code: promoCode() || null, use_balance: useBalance && quote.from_balance_minor > 0 };
    try {
      const placed = await ask("POST", "orders", { ...what, key: orderKey(what), quote: quote.fingerprint, to_pay_minor: toPay(), contact: contact.trim() || null });
      shop.contact = contact = placed.contact;
      feel("done");
      outdate();
      payAtOnce(placed);
      empty();
      if (!left) go({ order: placed.number }, { instead: true });
    } catch (error) {
      busy = false;
      if (error.body?.quote) {
        quote = error.body.quote;
        outdate();
      }
      toastProblem(error);
      if (!left) draw();
      if (error.code === "bad_contact") address.querySelector("input").focus();
    }
  }

  const unwatch = watch(() => {
    if (busy) return;
    clearTimeout(timer);
    timer = setTimeout(count, SETTLE_MS);
    draw();
  });
  draw();
  count();
  return {
    act, again: count,
    leave() {
      left = true;
      clearTimeout(timer);
      asking?.abort();
      unwatch();
    },
  };
}

/** One row a product, kept while quantities change, so that the focus stays where it is. */
function drawLines(list, rows, quote) {
  const there = contents();
  for (const [id, row] of rows) {
    if (there.some(([product]) => product === id)) continue;
    row.remove();
    rows.delete(id);
  }
  for (const [id] of there) {
    if (!rows.has(id)) rows.set(id, list.appendChild(line(id)));
    rows.get(id).update(quote);
  }
}

function line(id) {
  const product = shop.products.get(id);
  const title = product ? leads(h("a"), { ...place(), product: id }) : h("span");
  say(title, product?.title ?? t("gone"));
  const [each, total, note] = [h("p.dim"), h("b.total"), h("p.note", { hidden: true, role: "status" })];
  const steps = product && stepper(product);
  const remove = h("button.plain", { type: "button", ariaLabel: t("remove", product?.title ?? ""), onclick: () => setQuantity(id, 0) }, icon("close"));
  const row = h("li", tileOf(product), h(".about", h("h2", title), each, note), steps, total, remove);
  row.update = (quote) => {
    steps?.update();
    const priced = quote?.lines.find((one) => one.product_id === id);
    if (priced) {
      say(each, t("each", money(priced.price_minor, quote.currency)));
      if (priced.discount) each.append(h("span.badge", priced.discount));
      say(total, money(priced.price_minor * (contents().find(([one]) => one === id)?.[1] ?? 0), quote.currency));
    }
    const [, available] = quote?.short.find(([one]) => one === id) ?? [];
    const missing = quote?.missing.includes(id);
    note.hidden = available === undefined && !missing;
    if (missing) note.replaceChildren(h("span", t(product && product.currency !== quote.currency && quote.currency ? "otherCurrency" : "gone")), button(t("drop"), () => setQuantity(id, 0)));
    else if (!note.hidden) note.replaceChildren(h("span", t("onlyLeft", available)), button(available ? t("take", available) : t("drop"), () => setQuantity(id, available)));
  };
  return row;
}

function drawSums(sums, quote, balance) {
  const saved = quote.list_total_minor - quote.total_minor;
  const pairs = [
    [t("sum"), saved > 0 ? money(quote.list_total_minor, quote.currency) : null],
    [t("discount"), saved > 0 ? `−${money(saved, quote.currency)}` : null],
    [t("fromBalance"), balance > 0 ? `−${money(balance, quote.currency)}` : null],
    [balance > 0 ? t("toPay") : t("total"), money(quote.total_minor - balance, quote.currency), "main"],
  ];
  sums.replaceChildren(...pairs.filter(([, value]) => value).map(([name, value, kind]) => h(`div${kind ? `.${kind}` : ""}`, h("dt", name), h("dd", value))));
}

function promoForm(quoteNow) {
  const input = h("input", { name: "promo", value: promoCode(), maxLength: 32, autocomplete: "off", autocapitalize: "characters", spellcheck: false, placeholder: t("promo"), ariaLabel: t("promo") });
  const apply = h("button", { type: "submit" });
  const said = h("p.said", { role: "status", hidden: true });
  const element = h("form.promo", { onsubmit: (event) => {
    event.preventDefault();
    const code = promoCode() ? "" : input.value.trim().toUpperCase();
    if (!code) input.value = "";
    setPromoCode(code);
  } }, input, apply, said);
  const update = () => {
    const code = promoCode();
    input.readOnly = Boolean(code);
    if (code) input.value = code;
    say(apply, code ? "×" : t("promoApply"));
    aria(apply, "label", t(code ? "promoRemove" : "promoApply"));
    const quote = quoteNow();
    said.hidden = !code || !quote;
    if (said.hidden) return;
    // What cannot even be a code is one that nobody has.
    const { says, quantity } = quote.promo ?? { says: "unknown", quantity: 1 };
    said.className = `said ${says === "works" ? "good" : "bad"}`;
    say(said, says === "more_needed" ? t("promoMoreNeeded", quantity) : t("promoSays")[says]);
  };
  update();
  return { element, update };
}

function contactField() {
  const input = h("input", { name: "contact", value: contact, maxLength: 254, autocomplete: "email", inputMode: "email", oninput: () => { contact = input.value; } });
  return h("label.field", h("span", t("contact")), input, h("small", t("contactHint")));
}
