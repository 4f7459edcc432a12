// What was bought: codes to copy, links to open, files to download.
import { icon } from "./icons.js";
import { ask } from "./kit/api.js";
import { h, say } from "./kit/dom.js";
import { button, toast, toastProblem } from "./kit/shell.js";
import { feel, inside, openLink } from "./kit/telegram.js";
import { t } from "./words.js";

const COPIED_MS = 2500;

/** The goods of a delivered order. */
export function goodsOf(order) {
  if (!order.goods?.length) return h("p.notice", t("goodsInChat"));
  return h("section.panel", h("h2", t("goods")), h("ul.goods", order.goods.map((one, place) => item(order, one, place))));
}

function item(order, one, place) {
  // What was replaced is there for whoever looks for it; nothing can be done with it any more.
  if (one.dead) return h("li.dead", h(".about", h("small", `${one.title} · ${t("dead")}`), h("s", one.kind === "file" ? one.file_name : one.text)));
  if (one.kind === "file") {
    const name = h("span.file", icon("file"), one.file_name);
    // A window inside Telegram has nowhere to put a download; the chat has the file anyway.
    const way = inside ? h("small", t("fileInChat")) : button(t("download"), () => download(order, one, place));
    return h("li", h(".about", h("small", one.title), name), way);
  }
  const isLink = one.kind === "link" && /^https?:\/\//i.test(one.text);
  const text = h("code", one.text);
  const ways = [copyButton(one.text, text)];
  if (isLink) ways.unshift(button(t("open"), () => (inside ? openLink(one.text) : window.open(one.text, "_blank", "noopener"))));
  return h("li", h(".about", h("small", one.title), text), h(".buttons", ...ways));
}

function copyButton(text, shown) {
  const words = h("span", t("copy"));
  const copy = h("button.copy", { type: "button", onclick: async () => {
    const done = await copied(text, shown);
    if (!done) return toast(t("copyFailed"), true);
    feel("tap");
    copy.replaceChildren(icon("done"), words);
    say(words, t("copied"));
    return setTimeout(() => {
      copy.replaceChildren(icon("copy"), words);
      say(words, t("copy"));
    }, COPIED_MS);
  } }, icon("copy"), words);
  words.setAttribute("role", "status");
  return copy;
}

/** Over plain HTTP there is no clipboard to write to, only a selection to copy. */
async function copied(text, shown) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const range = document.createRange();
    range.selectNodeContents(shown);
    getSelection().removeAllRanges();
    getSelection().addRange(range);
    return document.execCommand("copy");
  }
}

async function download(order, one, place) {
  try {
    const url = URL.createObjectURL(await ask("GET", `orders/${order.number}/goods/${place}`, null, { raw: true }));
    h("a", { href: url, download: one.file_name }).click();
    setTimeout(() => URL.revokeObjectURL(url), COPIED_MS);
  } catch (error) {
    toastProblem(error);
  }
}
