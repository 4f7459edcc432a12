// The chats that come first: by how much waits, or for how long.
import { onAddress, read, write } from "./address.js";
import { $, h, keep, row, say, sayOrHide } from "./dom.js";
import { addressOf } from "./sheet.js";
import { count, duration, plural } from "./words.js";

const section = $("#mailboxes");

/** `suspended` is how many that wait are suspended. */
export function showChats(chats, suspended, fault) {
  sayOrHide($(".fault", section), fault && `The mailboxes: ${fault}`);
  const lines = chats ?? [];
  keep($("tbody", section), lines, (line) => line.chat, chatRow);
  $("table", section).hidden = !lines.length;
  const empty = $(".empty", section);
  empty.hidden = Boolean(lines.length || fault);
  const hidden = suspended && !orderNow().suspended ? `, but for ${plural(suspended, "that is suspended", "that are suspended")}` : "";
  say(empty, `No chat has messages waiting${hidden}.`);
}

/** What holds a chat: itself, or something wider. */
export const held = (holder, chat) => (holder === chat ? "suspended" : `suspended with ${holder}`);

const buttons = [...section.querySelectorAll("[data-by]")];
const too = $(".too", section);

/** Which chats come first, as the address has it. */
export const orderNow = () => ({ by: read("by"), suspended: read("suspended") });

/** Hear of it when another order is chosen. */
export function onOrder(chosen) {
  const show = () => {
    const { by, suspended } = orderNow();
    for (const button of buttons) button.ariaPressed = String(button.dataset.by === (by || "depth"));
    too.ariaPressed = String(Boolean(suspended));
  };
  const choose = (fields) => {
    write(fields);
    before = JSON.stringify(orderNow());
    show();
    chosen();
  };
  for (const button of buttons) button.addEventListener("click", () => choose({ by: button.dataset.by === "age" ? "age" : "" }));
  too.addEventListener("click", () => choose({ suspended: orderNow().suspended ? "" : "too" }));
  let before = JSON.stringify(orderNow());
  onAddress(() => {
    show();
    if (before !== JSON.stringify(orderNow())) chosen();
    before = JSON.stringify(orderNow());
  });
  show();
}

function chatRow({ chat }) {
  const [depth, age, holder] = [h("span"), h("span"), h("span")];
  const line = row(["", h("a.chat", chat, { href: addressOf("chat", chat) }), ".first"], ["waiting", depth, ".number"], ["oldest", age, ".number"], ["", holder]);
  line.update = (now) => {
    say(depth, count(now.depth));
    say(age, duration(now.age_seconds));
    holder.className = now.suspended ? "state" : "";
    holder.dataset.state = "suspended";
    say(holder, now.suspended && held(now.suspended, chat));
  };
  return line;
}
