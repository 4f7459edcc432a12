// The chats that come first: by how much waits, or for how long.
import { $, h, keep, row, say, sayOrHide } from "./dom.js";
import { addressOf } from "./sheet.js";
import { count, duration } from "./words.js";

const section = $("#mailboxes");

export function showChats(chats, fault) {
  sayOrHide($(".fault", section), fault && `The mailboxes: ${fault}`);
  const lines = chats ?? [];
  keep($("tbody", section), lines, (line) => line.chat, chatRow);
  $("table", section).hidden = !lines.length;
  $(".empty", section).hidden = Boolean(lines.length || fault);
}

/** What holds a chat: itself, or something wider. */
export const held = (holder, chat) => (holder === chat ? "suspended" : `suspended with ${holder}`);

/** Have the buttons choose the order; `chosen` hears of it. */
export function chooseOrder(chosen) {
  const buttons = [...section.querySelectorAll("[data-by]")];
  for (const button of buttons) {
    button.addEventListener("click", () => {
      for (const other of buttons) other.setAttribute("aria-pressed", other === button);
      chosen(button.dataset.by);
    });
  }
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
