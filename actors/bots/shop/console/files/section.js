// The shop's section: its figures, and its parts, each read when it is open.
import { broadcastsOf } from "./broadcasts.js";
import { discountsOf } from "./discounts.js";
import { logOf } from "./log.js";
import { ordersOf } from "./orders.js";
import { productsOf } from "./products.js";

const EVERY_MS = 10000;
const BEST_SHOWN = 3;
const DAY = { days: 1, ago: 0 };
// Each with what somebody has to be let ask, to see it at all.
const PARTS = {
  orders: [ordersOf, "/orders"],
  products: [productsOf, "/products"],
  discounts: [discountsOf, "/discounts"],
  broadcasts: [broadcastsOf, "/broadcasts"],
  log: [logOf, "/log"],
};

export default function section(tools) {
  const { address, ask, dom: { $, h, keep, say, sayOrHide }, fault, head, may, place, query, words: { count, money } } = tools;
  const parts = {};
  let asked = 0;

  for (const [name, [make, path]] of Object.entries(PARTS)) {
    const box = $(`.part.${name}`, place);
    box.hidden = !may("GET", path);
    if (box.hidden) continue;
    parts[name] = { box, refresh: make(tools, box) };
    box.addEventListener("toggle", () => box.open && refresh());
  }

  async function refresh() {
    const turn = (asked += 1);
    const open = Object.values(parts).filter(({ box }) => box.open);
    try {
      const told = await ask(`figures${query(period())}`);
      if (turn !== asked) return;
      showFigures(told);
      await Promise.all(open.map((part) => part.refresh()));
      fault("");
    } catch (error) {
      if (turn === asked) fault(error.message);
    }
  }

  function showFigures({ figures, conversion_percent: conversion }) {
    const revenue = figures.revenue.map((one) => money(one.paid_minor - one.refunded_minor, one.currency)).join(" + ");
    keep($(".figures", place), [
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
    sayOrHide($(".best", place), best && `Selling best: ${best}`);
  }

  // Which days stands in the address: `7`, or `1-1` for yesterday.
  function period() {
    const [days, ago] = address.read("days").split("-");
    return days ? { days, ago: ago ?? 0 } : DAY;
  }

  const periods = $(".periods", place);
  head.append(periods);

  function chosen() {
    const { days, ago } = period();
    for (const one of periods.children) one.ariaPressed = String(one.dataset.days === String(days) && one.dataset.ago === String(ago));
    refresh();
  }

  periods.addEventListener("click", ({ target: { dataset: { days, ago } } }) => {
    if (!days) return;
    address.write({ days: `${days}-${ago}` === "1-0" ? "" : ago === "0" ? days : `${days}-${ago}` });
    chosen();
  });
  address.on(chosen);
  tools.every(EVERY_MS, refresh);
  tools.onActed(refresh);
  chosen();
}
