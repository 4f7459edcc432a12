// What is suspended, and who did what.
import * as actions from "./actions.js";
import { ask } from "./ask.js";
import { $, h, keep, row, say, sayOrHide } from "./dom.js";
import { ago, count, moment } from "./words.js";

const LINES_STEP = 15;
const LINES_MAX = 1000;
const suspensions = $("#suspensions");
const audit = $("#audit");
let linesWanted = LINES_STEP;
let heldWanted = LINES_STEP;
let heldLast = [];

/** `held` are the latest of them, `number` is how many there are. */
export function showSuspensions(held, number, fault) {
  sayOrHide($(".fault", suspensions), fault && `The suspensions: ${fault}`);
  heldLast = [held ?? [], number ?? 0, fault];
  const lines = heldLast[0].slice(0, heldWanted);
  keep($("tbody", suspensions), lines, (line) => `${line.target} ${line.since_ms}`, suspensionRow);
  $("table", suspensions).hidden = !lines.length;
  $(".empty", suspensions).hidden = Boolean(lines.length || fault);
  sayOrHide($(".count", suspensions), number > lines.length ? `The latest ${lines.length} of ${count(number)}` : "");
  $(".more", suspensions).hidden = lines.length >= heldLast[0].length;
}

$(".more", suspensions).addEventListener("click", () => {
  heldWanted *= 3;
  showSuspensions(...heldLast);
});

function suspensionRow(held) {
  const since = h("span", { title: moment(held.since_ms) });
  const resume = h("button", "Resume", { onclick: () => actions.resume(held.target), ariaLabel: `Resume ${held.target}` });
  const line = row(["", h("span.chat", held.target), ".first"], ["since", since], ["by", held.who], ["", held.why, ".wide"], ["", resume, ".acts"]);
  line.update = () => say(since, ago(held.since_ms));
  return line;
}

/** Names that the form for targets proposes. */
export function proposeTargets(names) {
  keep($("#targets"), ["everything", ...names], (name) => name, (name) => h("option", { value: name }));
}

$(".put-aside", suspensions).addEventListener("submit", (event) => {
  event.preventDefault();
  const target = event.target.target.value.trim();
  const says = {
    suspend: "A node is stopped until it is resumed; the messages of chats are accepted, and wait in line.",
    drain: "It is suspended, and you are told when nothing of it runs any more.",
    restart: "A node is stopped and started again; chats are read anew from the store. Nothing is lost.",
  };
  actions[event.submitter.value](target, says[event.submitter.value]);
});

export async function refreshAudit() {
  try {
    const lines = await ask(`audit?most=${linesWanted}`);
    sayOrHide($(".fault", audit), "");
    keep($("tbody", audit), lines, (line) => `${line.at_ms} ${line.action} ${line.target} ${line.who}`, auditRow);
    $("table", audit).hidden = !lines.length;
    $(".empty", audit).hidden = lines.length > 0;
    $(".more", audit).hidden = lines.length < linesWanted || linesWanted >= LINES_MAX;
  } catch (error) {
    sayOrHide($(".fault", audit), error.message);
  }
}

function auditRow(done) {
  return row(["", h("time.dim", moment(done.at_ms))], ["by", done.who], ["", h("b", done.action)], ["", h("span.chat", done.target), ".first"], ["", done.why, ".wide"], ["", done.outcome, ".wide.dim"]);
}

$(".more", audit).addEventListener("click", () => {
  linesWanted = Math.min(LINES_MAX, linesWanted * 3);
  refreshAudit();
});
document.addEventListener("acted", refreshAudit);
