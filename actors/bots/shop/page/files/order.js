// One order: paying it, watching it until the goods are there, and the goods.
import { setQuantity } from "./cart.js";
import { complaintOf } from "./complaint.js";
import { goodsOf } from "./goods.js";
import { ask } from "./kit/api.js";
import { h, say } from "./kit/dom.js";
import { countdown, day, money } from "./kit/language.js";
import { go } from "./kit/router.js";
import { button, heading, setAction, sure, toast, toastProblem, trouble } from "./kit/shell.js";
import { feel, onReturn } from "./kit/telegram.js";
import { stateOf } from "./orders.js";
import { isAtOnce, openPayment, payUrl, providerChoice, takers } from "./pay.js";
import { outdate, shop } from "./store.js";
import { t } from "./words.js";

const FIRST_MS = 1500;
const LONGER = 1.4;
const LONGEST_MS = 15_000;
const GOING_ON = new Set(["awaiting_payment", "paid", "refunding"]);
let lookNow = () => {};

onReturn(() => lookNow());

/** Show it, and keep it up to date as long as something is going on. */
export function showOrder(root, number) {
  let [order, busy, left, timer, wait] = [null, false, false, 0, FIRST_MS];
  let [provider, url, until] = [null, null, 0];
  const words = { text: "", open: false };
  const [state, when] = [h("span"), h("small.dim")];
  const story = h("p.story", { role: "status" });
  const clock = h("p.clock", { role: "timer", hidden: true });
  const body = h("div", h(".skeleton.rows", { ariaHidden: "true" }, h("i"), h("i")));
  root.classList.add("narrow");
  root.replaceChildren(heading(t("orderNumber", number)), h("p.meta", state, when), story, clock, body);

  const secondsLeft = () => (until - performance.now()) / 1000;
  const canPay = () => order?.status === "awaiting_payment" && secondsLeft() > 0 && takers(order).length > 0;
  const chosen = () => (takers(order).find((one) => one.name === provider) ?? takers(order)[0])?.name ?? null;

  const isGoingOn = () => GOING_ON.has(order.status) || order.complaint?.open;

  function act() {
    if (busy) return setAction({ text: t("openingPay"), busy: true, run() {} });
    if (!canPay()) return setAction(null);
    return setAction({ text: t("pay", money(order.to_pay_minor, order.currency)), run: pay });
  }

  function show(now) {
    const before = order;
    order = now;
    until = performance.now() + (order.seconds_left ?? 0) * 1000;
    state.replaceChildren(stateOf(order));
    say(when, day(order.created_at));
    tick();
    if (before && JSON.stringify({ ...before, seconds_left: 0 }) === JSON.stringify({ ...order, seconds_left: 0 })) return;
    if (before && before.status !== order.status) {
      outdate();
      wait = FIRST_MS;
      if (order.status === "delivered") feel("done");
    }
    draw();
  }

  function draw() {
    const waits = order.status === "awaiting_payment";
    body.replaceChildren(...[
      order.status === "paid" && h(".spinner", { ariaHidden: "true" }),
      order.status === "delivered" && goodsOf(order),
      waits && secondsLeft() > 0 && providerChoice(order, chosen(), (name) => { provider = name; url = null; draw(); }),
      waits && url && h("p.notice", t("watching"), " ", h("a", { href: url, target: "_blank", rel: "noopener", onclick: opened }, t("payAgain"))),
      linesOf(order),
      order.complaint && complaintOf(order, words, told),
      h(".buttons",
        waits && button(t("cancel"), cancel, "plain.danger"),
        ["expired", "canceled", "refunded", "delivered"].includes(order.status) && button(t("again"), again)),
    ].filter(Boolean));
    act();
  }

  /** The shop was told what is wrong: from now on there may be an answer. */
  function told(now) {
    show(now);
    wait = FIRST_MS;
    look();
  }

  function opened(event) {
    event.preventDefault();
    openPayment(url);
  }

  function tick() {
    const waits = order?.status === "awaiting_payment";
    const seconds = secondsLeft();
    const byHand = waits && !takers(order).length;
    say(story, waits && seconds <= 0 ? t("timeIsUp") : byHand ? t("byHand") : t("story")[order?.status] ?? "");
    clock.hidden = !waits || byHand || seconds <= 0;
    if (!clock.hidden) say(clock, t("held", countdown(seconds)));
    if (waits && seconds <= 0 && seconds > -1.1) draw();
  }

  async function look() {
    clearTimeout(timer);
    try {
      const now = await ask("GET", `orders/${number}`);
      if (left) return;
      show(now);
    } catch (error) {
      if (left) return;
      if (!order) body.replaceChildren(trouble(error, look));
      wait = Math.max(wait, error.retrySeconds ? error.retrySeconds * 1000 : 0);
      if (!order && error.code !== "lost") return;
    }
    clearTimeout(timer);
    if (!order || isGoingOn()) timer = setTimeout(() => document.hidden || look(), wait);
    wait = Math.min(wait * LONGER, LONGEST_MS);
  }

  async function pay() {
    busy = true;
    act();
    try {
      url = await payUrl(number, chosen());
      if (left) return;
      openPayment(url);
      wait = FIRST_MS;
    } catch (error) {
      if (error.body?.order) show(error.body.order);
      toastProblem(error);
    } finally {
      busy = false;
    }
    draw();
    look();
  }

  async function cancel() {
    if (!(await sure(t("cancelSure"), t("yesCancel"), t("keep")))) return;
    try {
      show(await ask("POST", `orders/${number}/cancel`));
    } catch (error) {
      if (error.body?.order) show(error.body.order);
      toastProblem(error);
    }
  }

  function again() {
    for (const line of order.lines) {
      const product = shop.products.get(line.product_id);
      if (product?.available) setQuantity(product.id, Math.min(line.quantity, product.available));
    }
    toast(t("againDone"));
    go({ view: "cart" });
  }

  const ticking = setInterval(() => order && tick(), 1000);
  lookNow = () => {
    wait = FIRST_MS;
    if (!order || isGoingOn()) look();
  };
  setAction(null);
  look().then(() => !left && canPay() && isAtOnce(number) && pay());
  return {
    act, again: look,
    leave() {
      left = true;
      lookNow = () => {};
      clearTimeout(timer);
      clearInterval(ticking);
    },
  };
}

function linesOf(order) {
  const list = order.lines.reduce((sum, line) => sum + line.list_price_minor * line.quantity, 0);
  const saved = list - order.total_minor;
  const pairs = [
    [t("sum"), saved > 0 ? money(list, order.currency) : null],
    [t("discount"), saved > 0 ? `−${money(saved, order.currency)}` : null],
    [t("total"), money(order.total_minor, order.currency), "main"],
    [t("fromBalance"), order.balance_minor ? `−${money(order.balance_minor, order.currency)}` : null],
    [t("toPay"), order.balance_minor ? money(order.to_pay_minor, order.currency) : null],
  ];
  return h("section.panel",
    h("ul.bought", order.lines.map((line) => h("li", h("span", line.title, h("small", `${line.quantity} × ${money(line.price_minor, order.currency)}`)), h("b", money(line.total_minor, order.currency))))),
    h("dl.sums", pairs.filter(([, value]) => value).map(([name, value, kind]) => h(`div${kind ? `.${kind}` : ""}`, h("dt", name), h("dd", value)))),
    order.promo_code ? h("p.dim", t("promoOfOrder", order.promo_code)) : null);
}
