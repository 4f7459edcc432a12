// A problem with an order: what was said about it, and a few words to the shop.
import { ask, newKey } from "./kit/api.js";
import { h } from "./kit/dom.js";
import { button, toast, toastProblem } from "./kit/shell.js";
import { feel } from "./kit/telegram.js";
import { t } from "./words.js";

const CHARS_MAX = 1000;

/** The section of an order. `words` outlives a redraw: { text, open, key }; `show` is given the order as it is then. */
export function complaintOf(order, words, show) {
  const { open, messages } = order.complaint;
  const said = messages.length ? h("ul.said", messages.map((one) => h(`li${one.by_shop ? ".theirs" : ""}`, h("small", t(one.by_shop ? "byShop" : "byYou")), h("p", one.text)))) : null;
  const section = h("section.panel.complaint");
  const draw = () => section.replaceChildren(...[
    (said || words.open) && h("h2", t("complaint")),
    said,
    open && h("p.dim", t("complaintWaits")),
    words.open ? form() : button(t(said ? "complaintMore" : "complaintBegin"), begin, "plain"),
  ].filter(Boolean));

  function begin() {
    words.open = true;
    draw();
    section.querySelector("textarea").focus();
  }

  function form() {
    const text = h("textarea", { name: "complaint", rows: 3, maxLength: CHARS_MAX, value: words.text, oninput: () => { words.text = text.value; } });
    const send = h("button.main", t("complaintSend"), { type: "submit" });
    const never = button(t("complaintLeave"), () => { words.open = false; draw(); }, "plain");
    return h("form", { onsubmit: async (event) => {
      event.preventDefault();
      if (!words.text.trim()) return text.focus();
      words.key ??= newKey();
      send.disabled = true;
      try {
        const now = await ask("POST", `orders/${order.number}/complaint`, { key: words.key, text: words.text });
        Object.assign(words, { text: "", open: false, key: null });
        feel("done");
        toast(t("complaintSent"));
        return show(now);
      } catch (error) {
        send.disabled = false;
        return toastProblem(error);
      }
    } }, h("label.field", h("span", t("complaintAsk")), text), h(".buttons", send, never));
  }

  draw();
  return section;
}
