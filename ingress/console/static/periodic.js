// What is done again and again: when it ran, what came of it, when it is due, and a button to run it now.
import { work as actions } from "./actions.js";
import { ask } from "./ask.js";
import { $, h, keep, row, say, sayOrHide } from "./dom.js";
import { jobState } from "./job_state.js";
import { addressOf } from "./sheet.js";
import { ago, duration, nowMs } from "./words.js";

const section = $("#periodic");

export async function refreshPeriodic() {
  try {
    const works = await ask("periodic");
    sayOrHide($(".fault", section), "");
    keep($("tbody", section), works, (work) => work.name, workRow);
    $("table", section).hidden = !works.length;
    $(".empty", section).hidden = works.length > 0;
  } catch (error) {
    sayOrHide($(".fault", section), `Periodic work: ${error.message}`);
  }
}

function workRow({ name }) {
  const [schedule, last, word, took, error, next] = [h("span"), h("span"), h("a"), h("span.dim"), h("code.error"), h("span")];
  const run = h("button", "Run now", { onclick: () => actions.run(name), ariaLabel: `Run now: ${name}` });
  const line = row(["", h("span.chat", name), ".first"], ["", schedule], ["last", last], ["", h("span", word, took, error), ".wide"], ["next", next], ["", run, ".acts"]);
  line.update = (now) => {
    say(schedule, now.schedule);
    say(last, now.last_ms ? ago(now.last_ms) : "never");
    word.hidden = !now.job;
    if (now.job) {
      word.href = addressOf("job", now.job);
      jobState(word, now.result || "idle");
      if (!now.result) say(word, now.job);
    }
    say(took, now.seconds === null ? "" : ` in ${now.seconds.toFixed(1)} s`);
    sayOrHide(error, now.error);
    const late = now.overdue_seconds >= 1;
    say(next, late ? `late by ${duration(now.overdue_seconds)}` : `in ${duration((now.next_ms - nowMs()) / 1000)}`);
    next.classList.toggle("bad", late && now.overdue_seconds > 30);
  };
  return line;
}

document.addEventListener("acted", refreshPeriodic);
