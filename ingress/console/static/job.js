// One job: what it is to do, what happened to it, and what can be done about it.
import { job as actions } from "./actions.js";
import { ask } from "./ask.js";
import { facts, h, row } from "./dom.js";
import { jobState } from "./job_state.js";
import { payloadBox } from "./payload.js";
import { addressOf, sheetFor } from "./sheet.js";
import { ago, duration, moment, nowMs } from "./words.js";

sheetFor("job", "Job", (id, content) => {
  let open = true;
  const load = async () => {
    try {
      const story = await ask(`outbox/${encodeURIComponent(id)}`);
      if (open) content.replaceChildren(story.job ? jobView(story.job, story.history) : overView(story.history));
    } catch (error) {
      if (open) content.replaceChildren(h("p.fault", error.message));
    }
  };
  document.addEventListener("acted", load);
  load();
  return () => {
    open = false;
    document.removeEventListener("acted", load);
  };
});

function jobView(job, history) {
  const [word, list] = [h("p"), h("dl.facts")];
  jobState(word, job.state);
  facts(list, [
    ["Name", job.name],
    ["Queue", job.queue],
    ["Enqueued", `${moment(job.created_ms)}, ${ago(job.created_ms)}`],
    ["Wanted", job.run_ms > nowMs() ? `in ${duration((job.run_ms - nowMs()) / 1000)}` : moment(job.run_ms)],
    ["Died", moment(job.died_ms)],
    ["Attempts", `${job.attempts} of ${job.attempts_max}`],
    ["Key", job.key],
    ["Deduplication key", job.dedup_key],
    ["Priority", job.priority],
    ["Worker", job.worker],
    ["Update", job.update_id],
    ["Effect", job.effect],
    ["Trace", job.trace],
  ]);
  const retry = h("button.main", "Retry", { onclick: () => actions.retry(job.id) });
  const payload = payloadBox(job.payload, retry, "Save the payload before you retry it.", (text) => actions.edit(job.id, text));
  return h("div", word,
    job.error ? h("p.error", h("code", job.error)) : null,
    h("div.buttons", retry, h("button.danger", "Drop", { onclick: () => actions.drop(job.id) }),
      job.chat ? h("a", "Open its chat", { href: addressOf("chat", job.chat) }) : null),
    list, payload, historyOf(history),
    job.traceback ? h("section", h("h3", "Traceback"), h("pre", job.traceback)) : null);
}

const overView = (history) => h("div", h("p", "It is over: done, or dropped. This is what is left of it."), historyOf(history));

function historyOf(history) {
  if (!history.length) return h("section", h("h3", "History"), h("p.dim", "Nothing has happened to it yet."));
  const lines = history.map((event) => row(
    ["", h("time.dim", moment(event.at_ms))],
    ["", h("b", event.kind)],
    ["attempt", event.attempt, ".number"],
    ["took", event.seconds === null ? "" : `${event.seconds.toFixed(1)} s`, ".number"],
    ["", h("code.error", event.error), ".wide"],
  ));
  const head = h("thead", h("tr", ["When", "What", "Attempt", "Took", "Error"].map((title) => h("th", title))));
  return h("section", h("h3", "History"), h("table.list", head, h("tbody", lines)));
}
