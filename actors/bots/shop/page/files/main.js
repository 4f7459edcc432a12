// The page: it meets Telegram and the shop, and shows the view that the address names.
import { showCart } from "./basket.js";
import { showCatalogue } from "./catalogue.js";
import { drawHead } from "./head.js";
import { chatUrl, known, learn, onReach, onRefusal } from "./kit/api.js";
import { $, aria, h } from "./kit/dom.js";
import { chosenLanguage, speak } from "./kit/language.js";
import { onMove, place, places } from "./kit/router.js";
import { banner, button, nothingElse, setAction, toastProblem, trouble } from "./kit/shell.js";
import { canClose, close, leavesForTelegram, meet, openLink, ready, telegramLanguage } from "./kit/telegram.js";
import { showOrder } from "./order.js";
import { showOrders } from "./orders.js";
import { POLICIES, showPolicy } from "./policy.js";
import { showSheet } from "./product.js";
import { refresh, start, switchLanguage } from "./store.js";
import { t } from "./words.js";

const AGAIN_MS = 3000;
const AGAIN_LONGEST_MS = 30_000;
const view = $("#view");
const IDLE = { leave() {}, act() { setAction(null); }, again() {} };
let current = IDLE;
let shownAt = null;
let scrolled = 0;
let again = 0;
let wait = AGAIN_MS;

function fill(...content) {
  const root = h("div", ...content);
  view.replaceChildren(root);
  aria(view, "busy", false);
  return root;
}

/** Show where the customer is. The sheet of a product lies above the view below it. */
function show(anew = false) {
  const { view: name, order } = place();
  const at = `${name}/${order ?? ""}`;
  if (at !== shownAt || anew) {
    if (shownAt === "/") scrolled = scrollY;
    current.leave();
    const root = fill();
    if (order) current = showOrder(root, order);
    else if (name === "cart") current = showCart(root);
    else if (name === "orders") current = showOrders(root);
    else if (POLICIES.includes(name)) current = showPolicy(root, name);
    else current = showCatalogue(root);
    const moved = shownAt !== null && at !== shownAt;
    shownAt = at;
    scrollTo(0, at === "/" ? scrolled : 0);
    if (moved) $("h1", root)?.focus({ preventScroll: true });
    document.title = $("h1", root)?.textContent ?? t("shop");
  }
  drawHead(switched);
  if (!showSheet()) current.act();
}

async function switched() {
  $("#language").disabled = true;
  try {
    await switchLanguage();
    show(true);
  } catch (error) {
    toastProblem(error);
  }
  $("#language").disabled = false;
}

/** Nothing can be shown, and here is why. */
function stop(...content) {
  current.leave();
  current = IDLE;
  shownAt = null;
  setAction(null);
  $("#product").close();
  $(".top").hidden = true;
  fill(nothingElse(...content));
}

const toChat = () => chatUrl() && button(t("toChat"), () => openLink(chatUrl()), "main");

/** Whoever comes without Telegram, such as somebody whom a payment page has sent back to a browser. */
function stranger() {
  const { order } = place();
  const words = order ? [t("outsidePaid", order), t("outsidePaidHint")] : [t("outside"), t("outsideHint")];
  stop(order ? "⏳" : "💬", ...words, toChat());
}

onRefusal((problem) => stop("🔑", problem.message, problem.advice, canClose() ? button(t("closeShop"), close, "main") : toChat()));

async function tryAgain() {
  clearTimeout(again);
  wait = Math.min(wait * 2, AGAIN_LONGEST_MS);
  again = setTimeout(tryAgain, wait);
  if (!document.hidden) await refresh().catch(() => {});
}

onReach((reached) => {
  banner(!reached, tryAgain);
  clearTimeout(again);
  wait = AGAIN_MS;
  if (reached) current.again();
  else if (shownAt !== null) again = setTimeout(tryAgain, wait);
});
addEventListener("online", () => $("#banner").hidden || tryAgain());

async function open() {
  try {
    await start();
  } catch (error) {
    if (error.status !== 401) fill(trouble(error, open));
    ready();
    return;
  }
  onMove(() => show());
  show();
  ready();
}

async function begin() {
  speak(chosenLanguage() ?? (telegramLanguage() || navigator.language));
  meet(() => shownAt !== null && show());
  if (!known()) return meetAll();
  learn().catch(() => {});
  return open();
}

/** Outside Telegram the page first has to know whether anybody can be served here. */
async function meetAll() {
  try {
    await learn();
  } catch (error) {
    fill(trouble(error, meetAll));
    return ready();
  }
  if (known()) return open();
  stranger();
  return ready();
}

places({ view: String, order: Number, product: Number });
if (!leavesForTelegram()) begin();
