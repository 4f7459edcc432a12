// Stores that went back: shown only while they do not fit together, or while there is something to tell.
import { stores } from "./actions.js";
import { ask } from "./ask.js";
import { $, h, keep, row, say, sayOrHide } from "./dom.js";
import { ago, moment } from "./words.js";

const ASKED = { listed: "asked", impossible: "cannot be asked: compare what its cabinet shows" };
const section = $("#restored");
let waits = false;

export async function refreshRestored() {
  try {
    const found = await ask("restored");
    sayOrHide($(".fault", section), "");
    section.hidden = !(found.held || found.redis_lost);
    $(".bar", section).hidden = !found.held;
    say($(".says", section), found.held ? `${found.says} Nothing acts since ${moment(found.since_ms)} (${ago(found.since_ms)}).` : "");
    sayOrHide($(".redis", section), found.redis_lost);
    waits = found.asking;
    const gateways = Object.entries(found.gateways);
    keep($("tbody", section), gateways, ([name]) => name, ([name]) => {
      const state = h("span");
      const line = row(["", name, ".first"], ["", state, ".wide"]);
      line.update = ([, words]) => say(state, ASKED[words] ?? words.replace("not_yet", "not asked yet"));
      return line;
    });
    $("table", section).hidden = !gateways.length;
  } catch (error) {
    if (!section.hidden) sayOrHide($(".fault", section), error.message);
  }
}

$(".go", section).addEventListener("click", () => stores.go(waits));
document.addEventListener("acted", refreshRestored);
