// Payments of ours that gateways have and this database does not know: each waits for a person to say what became of it.
import { payment as actions } from "./actions.js";
import { ask } from "./ask.js";
import { $, h, keep, row, say, sayOrHide } from "./dom.js";
import { ago, moment, money } from "./words.js";

const section = $("#payments");

export async function refreshPayments() {
  try {
    const lost = await ask("payments/lost");
    sayOrHide($(".fault", section), "");
    section.hidden = !lost.length;
    keep($("tbody", section), lost, (one) => one.ref, paymentRow);
  } catch (error) {
    if (!section.hidden) sayOrHide($(".fault", section), error.message);
  }
}

function paymentRow(lost) {
  const found = h("span", { title: moment(lost.found_ms) });
  const about = Object.entries(lost.about).map(([name, value]) => `${name.replaceAll("_", " ")} ${value}`).join(" · ");
  const button = (label, act, classes = "") => h(`button${classes}`, label, { onclick: () => act(lost.ref), ariaLabel: `${label}: ${lost.ref}` });
  const line = row(
    ["", h("span.chat", lost.ref), ".first"],
    ["", `${lost.account} ${lost.provider_id}`],
    ["", money(lost.amount_minor, lost.currency), ".number"],
    ["paid", moment(lost.made_ms)],
    ["found", found],
    ["", about, ".wide"],
    ["", h("span.buttons", button("Delivered", actions.delivered), button("Credited", actions.credited), button("Give back", actions.giveBack, ".danger")), ".acts"],
  );
  line.update = (now) => say(found, ago(now.found_ms));
  return line;
}

document.addEventListener("acted", refreshPayments);
