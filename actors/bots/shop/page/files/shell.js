// What is around every view: the head, the banner, the button for what comes next, and short words.
import { demo, newDemoVisitor } from "./api.js";
import { itemCount, watch } from "./cart.js";
import { $, aria, h, icon, say } from "./dom.js";
import { back, isHome, leads, place } from "./router.js";
import { shop } from "./store.js";
import { feel, hasBackButton, offer, offerBack } from "./telegram.js";
import { t } from "./words.js";

const TOAST_MS = 4500;

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
  const button = $("#language");
  Object.assign(button, { hidden: false, onclick: switched, title: t("switchLanguage") });
  aria(button, "label", `${t("otherLanguage")}: ${t("switchLanguage")}`);
  say(button, t("otherLanguage"));
  drawDemo();
  offerBack(isHome() ? null : back);
}

let unwatch = null;

function drawDemo() {
  const box = $("#demo");
  box.hidden = !(demo && shop.visitor?.demo);
  if (box.hidden) return;
  const another = h("button.plain", { type: "button", onclick: () => {
    const query = new URLSearchParams(location.search);
    query.set("user", newDemoVisitor());
    query.delete("order");
    location.search = query;
  } }, t("demoOther"));
  aria(box, "label", t("demoLabel"));
  box.replaceChildren(h("span", t("demo", shop.visitor.id)), another);
}

let shownAction = null;

/** What there is to do next: `{ text, run, busy, off }` or null. One button, always at the same place. */
export function setAction(next) {
  shownAction = next;
  const button = $("#action button");
  const elsewhere = offer(next);
  button.hidden = !next || elsewhere;
  if (!next || elsewhere) return;
  say(button, next.text);
  button.disabled = Boolean(next.busy || next.off);
  button.classList.toggle("busy", Boolean(next.busy));
  button.onclick = () => shownAction?.run();
}

/** A head for a view, with a way back where Telegram has none. */
export function heading(words, ...rest) {
  const way = hasBackButton() ? null : h("button.plain.back", { type: "button", onclick: back, ariaLabel: t("back") }, "←");
  return h(".heading", way, h("h1", { tabIndex: -1 }, words), ...rest);
}

/** A friendly page for when there is nothing to show. */
export function nothing(picture, words, hint, ...buttons) {
  return empty("h2", picture, words, hint, buttons);
}

/** The same, with nothing else on the page. */
export function nothingElse(picture, words, hint, ...buttons) {
  return empty("h1", picture, words, hint, buttons);
}

function empty(head, picture, words, hint, buttons) {
  return h(".nothing", h("p.picture", { ariaHidden: "true" }, picture), h(head, words), h("p", hint), h(".buttons", ...buttons));
}

export function button(words, run, kind = "") {
  return h(`button${kind && `.${kind}`}`, { type: "button", onclick: run }, words);
}

/** What could not be shown, and a way to try again. */
export function trouble(error, retry) {
  return nothing("🛠", error.message, error.advice ?? "", button(t("retry"), retry, "main"));
}

let hiding = 0;

/** A few words above everything, for a while. */
export function toast(text, bad = false) {
  const box = $("#toast");
  box.textContent = text;
  box.classList.toggle("bad", bad);
  if (bad) feel("bad");
  if (!box.showPopover) {
    box.classList.add("shown");
    clearTimeout(hiding);
    hiding = setTimeout(() => box.classList.remove("shown"), TOAST_MS);
    return;
  }
  if (box.matches(":popover-open")) box.hidePopover();
  box.showPopover();
  clearTimeout(hiding);
  hiding = setTimeout(() => box.hidePopover(), TOAST_MS);
}

export const toastProblem = (error) => toast(`${error.message} ${error.advice ?? ""}`.trim(), true);

/** The banner of a service that does not answer; `retry` is what its button does. */
export function banner(shown, retry) {
  const box = $("#banner");
  box.hidden = !shown;
  if (!shown) return;
  say($("p", box), t("lost"));
  const again = $("button", box);
  say(again, t("retry"));
  again.onclick = retry;
}

/** Ask before something is done; resolves to whether it is. */
export function sure(words, yes, no) {
  const dialog = $("#sure");
  return new Promise((resolve) => {
    // Not the event of its closing, which may come only when it has been opened again.
    const answer = (value) => {
      dialog.close();
      resolve(value);
    };
    dialog.replaceChildren(h("p", { id: "sure-words" }, words),
      h(".buttons", button(no, () => answer(false)), button(yes, () => answer(true), "danger")));
    dialog.oncancel = () => resolve(false);
    dialog.onclick = (event) => event.target === dialog && answer(false);
    dialog.showModal();
  });
}
