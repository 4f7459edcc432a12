// The shop's section: which shop, its figures, and its parts, each read when it is open.
import { onAddress, read, write } from "./address.js";
import { ask, query } from "./ask.js";
import { $, h, keep, row, say, sayOrHide } from "./dom.js";
import { refreshBroadcasts } from "./shop_broadcasts.js";
import { refreshDiscounts } from "./shop_discounts.js";
import { refreshOrders } from "./shop_orders.js";
import { refreshProducts } from "./shop_products.js";
import { at, choose, day, money, section, shop, shops } from "./shop_words.js";
import { count } from "./words.js";

const EVERY_MS = 10000;
const BEST_SHOWN = 3;
const parts = { orders: refreshOrders, products: refreshProducts, discounts: refreshDiscounts, broadcasts: refreshBroadcasts, log: refreshLog };
const DAY = { days: 1, ago: 0 };
let asked = 0;

async function refresh() {
  const turn = (asked += 1);
  const open = Object.keys(parts).filter((name) => $(`.part.${name}`, section).open);
  try {
    const told = await ask(at(`figures${query(period())}`));
    if (turn !== asked) return;
    showFigures(told);
    await Promise.all(open.map((name) => parts[name]()));
    sayOrHide($(".fault", section), "");
  } catch (error) {
    if (turn === asked) sayOrHide($(".fault", section), error.message);
  }
}

function showFigures({ figures, conversion_percent: conversion }) {
  const revenue = figures.revenue.map((one) => money(one.paid_minor - one.refunded_minor, one.currency)).join(" + ");
  keep($(".figures", section), [
    ["orders", count(figures.placed)],
    ["paid", count(figures.paid)],
    ["delivered", count(figures.delivered)],
    ["refunded", count(figures.refunded)],
    ["revenue", revenue || "–"],
    ["conversion", conversion === null ? "–" : `${conversion.toFixed(0)}%`],
    ["model cost", `$${(figures.model_cost_micro_usd / 1e6).toFixed(2)}`],
  ], ([name]) => name, ([name]) => {
    const value = h("dd.amount");
    return h("div", { update: ([, words]) => say(value, words) }, value, h("dt", name));
  });
  const best = figures.top_products.slice(0, BEST_SHOWN).map((one) => `${one.title_en} (${count(one.sold)})`).join(" · ");
  sayOrHide($(".best", section), best && `Selling best: ${best}`);
}

async function refreshLog() {
  const lines = await ask(at("log?most=20"));
  const box = $(".log", section);
  keep($("tbody", box), lines, (line) => `${line.at} ${line.action} ${line.target}`, (line) =>
    row(["", h("time.dim", day(line.at))], ["by", line.who], ["", h("b", line.action.replaceAll("_", " "))], ["", h("span.chat", line.target), ".first"], ["", line.why, ".wide"]));
  $("table", box).hidden = !lines.length;
  $(".empty", box).hidden = lines.length > 0;
}

// Which days, and which shop, stand in the address: `shop_days=7`, `shop_days=1-1` for yesterday.
function period() {
  const [days, ago] = read("shop_days").split("-");
  return days ? { days, ago: ago ?? 0 } : DAY;
}

const periods = $(".periods", section);
const choice = $(".bots", section);
choice.hidden = shops.length < 2;
choice.append(...shops.map((bot) => h("button", bot, { value: bot })));

function showChoices() {
  const { days, ago } = period();
  for (const one of periods.children) one.ariaPressed = String(one.dataset.days === String(days) && one.dataset.ago === String(ago));
  choose(shops.includes(read("shop")) ? read("shop") : shops[0]);
  for (const one of choice.children) one.ariaPressed = String(one.value === shop());
}

function chosen() {
  showChoices();
  refresh();
}

periods.addEventListener("click", ({ target: { dataset: { days, ago } } }) => {
  if (!days) return;
  write({ shop_days: `${days}-${ago}` === "1-0" ? "" : ago === "0" ? days : `${days}-${ago}` });
  chosen();
});
choice.addEventListener("click", ({ target }) => {
  if (!target.value) return;
  write({ shop: target.value === shops[0] ? "" : target.value });
  chosen();
});
onAddress(chosen);
showChoices();

for (const name of Object.keys(parts)) {
  const part = $(`.part.${name}`, section);
  part.addEventListener("toggle", () => part.open && refresh());
}
setInterval(() => document.hidden || refresh(), EVERY_MS);
document.addEventListener("acted", refresh);
refresh();
