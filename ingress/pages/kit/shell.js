// What is around every view: the banner, the button for what comes next, and short words. A page has the places for them
// in its HTML, to say where they are; what it does not have is added at its end.
import { known } from "./api.js";
import { $, aria, h, say } from "./dom.js";
import { nameOf, otherLanguage } from "./language.js";
import { address, back, isHome } from "./router.js";
import { feel, hasBackButton, offer, offerBack } from "./telegram.js";
import { demoVisitor, newDemoVisitor } from "./visitor.js";
import { t } from "./words.js";

const TOAST_MS = 4500;
const PLACES = {
  language: () => h("button", { type: "button", hidden: true }),
  demo: () => h("aside", { hidden: true }),
  banner: () => h("div", { role: "alert", hidden: true }, h("p"), h("button", { type: "button" })),
  action: () => h("div", h("button.main", { type: "button", hidden: true })),
  sure: () => h("dialog", { "aria-labelledby": "sure-words" }),
  toast: () => h("output", { popover: "manual" }),
};

/** A place of the shell, by its id. */
function part(id) {
  const there = document.getElementById(id);
  if (there) return there;
  const made = Object.assign(PLACES[id](), { id });
  document.body.append(made);
  return made;
}

/** What is around a view, in the language spoken now. `switched` speaks the other one; without it the page has one. */
export function drawShell({ switched = null } = {}) {
  const button = part("language");
  const [short, whole] = nameOf(otherLanguage());
  Object.assign(button, { hidden: !switched, onclick: switched, title: whole });
  aria(button, "label", `${short}: ${whole}`);
  say(button, short);
  drawDemo();
  offerBack(isHome() ? null : back);
}

function drawDemo() {
  const box = part("demo");
  box.hidden = known() !== "demo";
  if (box.hidden) return;
  const another = h("button.plain", { type: "button", onclick: () => {
    const home = new URL(address({}), location.href);
    home.searchParams.set("user", newDemoVisitor());
    location.assign(home);
  } }, t("demoOther"));
  aria(box, "label", t("demoLabel"));
  box.replaceChildren(h("span", t("demo", demoVisitor())), another);
}

let shownAction = null;

/** What there is to do next: `{ text, run, busy, off }` or null. One button, always at the same place. */
export function setAction(next) {
  shownAction = next;
  const button = $("button", part("action"));
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
  const box = part("toast");
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
  const box = part("banner");
  box.hidden = !shown;
  if (!shown) return;
  say($("p", box), t("lost"));
  const again = $("button", box);
  say(again, t("retry"));
  again.onclick = retry;
}

/** Ask before something is done; resolves to whether it is. */
export function sure(words, yes, no) {
  const dialog = part("sure");
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
