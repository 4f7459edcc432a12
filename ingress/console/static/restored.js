// Stores that went back: shown only while they do not fit together, or while there is something to tell.
import { stores } from "./actions.js";
import { ask } from "./ask.js";
import { $, h, keep, row, say, sayOrHide } from "./dom.js";
import { ago } from "./words.js";

const ASKED = { listed: "asked", impossible: "cannot be asked: compare what its cabinet shows" };
const section = $("#restored");
let waits = false;

export async function refreshRestored() {
  try {
    const found = await ask("restored");
    sayOrHide($(".fault", section), "");
    section.hidden = !(found.held || found.redis_lost);
    $(".bar", section).hidden = !found.held;
    // What to type on a command line is a button here.
    say($(".says", section), found.held ? `${found.says.replace(/; `mailroom[^`]*`/, "")} Since that was found, ${ago(found.since_ms)}, nothing acts: messages and notices of payments are taken in, and wait.` : "");
    keep($(".steps", section), found.held ? steps(found) : [], (step) => step, (step) => h("li", step));
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

/** What is to be done before it goes on. */
function steps({ gateways, asking }) {
  const cabinets = Object.keys(gateways).filter((name) => gateways[name].startsWith("impossible"));
  return [
    asking ? "Wait until every gateway was asked which payments are unknown here." : "",
    cabinets.length ? `Compare the payments in the cabinet of ${cabinets.join(" and of ")} with the orders here: it has no list that could be asked for.` : "",
    "End each payment that is unknown here: deliver by hand, credit, or give back. There are none where none are shown below.",
    "Then let it go on: what was taken in meanwhile is handled in order.",
  ].filter(Boolean);
}

$(".go", section).addEventListener("click", () => stores.go(waits));
document.addEventListener("acted", refreshRestored);
