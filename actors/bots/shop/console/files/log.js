// Who has changed what in the shop.
import { day } from "./words.js";

export function logOf({ ask, dom: { $, h, keep, row } }, box) {
  return async () => {
    const lines = await ask("log?most=20");
    keep($("tbody", box), lines, (line) => `${line.at} ${line.action} ${line.target}`, (line) =>
      row(["", h("time.dim", day(line.at))], ["by", line.who], ["", h("b", line.action.replaceAll("_", " "))], ["", h("span.chat", line.target), ".first"], ["", line.why, ".wide"]));
    $("table", box).hidden = !lines.length;
    $(".empty", box).hidden = lines.length > 0;
  };
}
