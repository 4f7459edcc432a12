// Orders of the shop: found, listed, and one of them in a sheet with its payments, its jobs and its refund.
import { complaintView, complaintsOf, itemState, replaceButton } from "./complaints.js";
import { sheetOf } from "./sheet.js";
import { day, look, since } from "./words.js";

const STEP = 15;
const MOST = 1000;

export function ordersOf(tools, box) {
  const { act, address, ask, dom: { $, facts, h, keep, row, say, sayOrHide, state }, may, query, sheetAddress } = tools;
  const { ago, count, jobState, money } = tools.words;
  let wanted = STEP;

  const filter = address.filterIn($("form", box), "orders", () => search());
  const refreshComplaints = complaintsOf(tools, box);

  async function refresh() {
    await refreshComplaints();
    const found = await ask(`orders${query({ ...filter(), most: wanted })}`);
    keep($("tbody", box), found, (order) => String(order.number), orderRow);
    $("table", box).hidden = !found.length;
    $(".more", box).hidden = found.length < wanted || wanted >= MOST;
    sayOrHide($(".empty", box), found.length ? "" : Object.keys(filter()).length ? "No order matches." : "No orders yet.");
  }

  const search = () => refresh().catch((error) => tools.fault(error.message));

  function orderRow(order) {
    const [when, word] = [h("span"), h("span")];
    const line = row(
      ["", h("a.chat", `Order ${order.number}`, { href: sheetAddress("order", order.number) }), ".first"],
      ["placed", when],
      ["", h("span", order.name || String(order.user_id), " ", h("span.dim", order.contact))],
      ["", word],
      ["goods", count(order.items), ".number"],
      ["", h("span.amount", money(order.total_minor, order.currency)), ".number"],
    );
    line.update = (now) => {
      say(when, ago(since(now.created_at)));
      state(word, ...look(now.status));
    };
    return line;
  }

  sheetOf(tools, "order", "Order", async (number) => orderView(await ask(`orders/${number}`)));

  function orderView(found) {
    const { order, name, payments, jobs, items } = found;
    const [word, list] = [h("p"), h("dl.facts")];
    state(word, ...look(order.status));
    facts(list, [
      ["Placed", day(order.created_at)],
      ["Customer", name || "–"],
      ["Telegram id", order.user_id],
      ["Contact", order.contact],
      ["Language", order.language],
      ["Promo code", order.promo_code],
      ["Total", money(order.total_minor, order.currency)],
      ["From the balance", order.balance_minor ? money(order.balance_minor, order.currency) : ""],
      ["Held until", order.status === "awaiting_payment" && order.reserved_until ? day(order.reserved_until) : ""],
      ["Paid", order.paid_at ? day(order.paid_at) : ""],
      ["Delivered", order.delivered_at ? day(order.delivered_at) : ""],
      ["Comment", order.comment],
    ]);
    const refundable = ["paid", "delivered"].includes(order.status) && may("POST", "/orders/{number}/refund");
    const money_back = (goods_back) => act({
      title: `Refund order ${order.number}`,
      button: "Refund",
      says: `${money(order.total_minor, order.currency)} goes back to the buyer${goods_back ? ", and the goods into stock" : ""}. The buyer is told.`,
      path: `orders/${order.number}/refund`,
      body: { goods_back },
      sure: goods_back ? "Nobody has seen these goods, and they may be sold again" : "It cannot be had back",
    });
    const chat = tools.chatAddress(order.chat_id);
    const buttons = h("div.buttons",
      refundable ? h("button.danger", "Refund", { onclick: () => money_back(false) }) : null,
      refundable && !order.delivered_at ? h("button.danger", "Refund, goods back into stock", { onclick: () => money_back(true) }) : null,
      chat ? h("a", "Open its chat", { href: chat }) : null);
    return h("div", word, buttons, list,
      part("Goods", ["Product", "Quantity", "Price", "Total"], order.lines, (line) => row(
        ["", line.title, ".wide"], ["quantity", count(line.quantity), ".number"],
        ["price", h("span.amount", money(line.price_minor, order.currency)), ".number"], ["", h("span.amount", money(line.price_minor * line.quantity, order.currency)), ".number"])),
      part("Items sold", ["Item", "Product", "State", "Replace"], items, (item) => row(
        ["", String(item.id), ".first"], ["", item.title, ".wide"], ["state", itemState(item)], ["", replaceButton(tools, order, item)])),
      complaintView(tools, found),
      part("Payments", ["Provider", "Its name there", "Amount", "State", "Refund"], payments, ({ payment, refunds }) => row(
        ["", payment.provider], ["", h("code", payment.provider_id ?? "–"), ".wide"], ["", h("span.amount", money(payment.amount_minor, payment.currency)), ".number"],
        ["", worded(payment.status)], ["refund", refunds.map((one) => worded(one.by_gateway ? "by_gateway" : one.status))])),
      part("Jobs that are left", ["Job", "Name", "State", "Attempts", "Last error"], jobs, (job) => {
        const now = h("span");
        jobState(now, job.state);
        const address = tools.jobAddress(job.id);
        return row(["", address ? h("a.chat", `job:${job.id}`, { href: address }) : `job:${job.id}`, ".first"], ["", job.name], ["", now],
          ["attempts", `${job.attempts}/${job.attempts_max}`, ".number"], ["", h("code.error", job.last_error ?? ""), ".wide"]);
      }, "All that followed from the order has been done."));
  }

  function worded(status) {
    const word = h("span");
    state(word, ...look(status));
    return word;
  }

  function part(title, names, items, make, nothing = "None.") {
    if (!items.length) return h("section", h("h3", title), h("p.dim", nothing));
    const lines = items.map(make);
    const heads = names.map((name, place) => h(lines[0].cells[place].classList.contains("number") ? "th.number" : "th", name));
    return h("section", h("h3", title), h("table.list", h("thead", h("tr", heads)), h("tbody", lines)));
  }

  $(".more", box).addEventListener("click", () => {
    wanted = Math.min(MOST, wanted * 3);
    search();
  });
  return refresh;
}
