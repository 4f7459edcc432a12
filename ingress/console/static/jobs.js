// Jobs of the outbox: their queues with pause and resume, and the newest of them, filtered.
import { jobs as bulk, queue as actions } from "./actions.js";
import { filterIn } from "./address.js";
import { ask, query } from "./ask.js";
import { $, h, keep, row, say, sayOrHide, state } from "./dom.js";
import { jobState } from "./job_state.js";
import { addressOf } from "./sheet.js";
import { ago, count, duration, plural } from "./words.js";

const JOBS_STEP = 15;
const JOBS_MAX = 1000;
const section = $("#jobs");
const filter = filterIn($(".filter", section), "jobs", () => refreshJobs());
let seen = "";
let asked = 0;
let jobsWanted = JOBS_STEP;

/** Go to the jobs of a queue, or in a state. */
export const showQueue = (queue, state = "") => filter.set({ queue, state });

/** How the queues stand; where that has changed the list is read anew too. */
export async function refreshQueues() {
  try {
    const queues = await ask("outbox/queues");
    sayOrHide($(".fault", section), "");
    keep($(".queues tbody", section), queues, (queue) => queue.queue, queueRow);
    $(".queues", section).hidden = !queues.length;
    keep($("#queues"), queues, (queue) => queue.queue, ({ queue }) => h("option", { value: queue }));
    const now = JSON.stringify(queues.map((queue) => [queue.queue, queue.jobs]));
    if (now !== seen) refreshJobs();
    seen = now;
  } catch (error) {
    sayOrHide($(".fault", section), error.message);
  }
}

async function refreshJobs() {
  const [wanted, turn] = [filter(), (asked += 1)];
  try {
    const jobs = await ask(`outbox${query({ ...wanted, most: jobsWanted })}`);
    if (turn === asked) show(jobs, Object.keys(wanted).length > 0);
  } catch (error) {
    sayOrHide($(".fault", section), error.message);
  }
}

function show(jobs, filtered) {
  sayOrHide($(".fault", section), "");
  keep($(".found tbody", section), jobs, (job) => job.id, jobRow);
  $(".found", section).hidden = !jobs.length;
  const rest = jobs.length === jobsWanted;
  say($(".count", section), `${rest ? "The newest " : ""}${plural(jobs.length, "job")}`);
  // Without a filter it would be whatever happens to be there.
  $(".bulk", section).hidden = !jobs.length || !filtered;
  for (const button of section.querySelectorAll(".bulk button")) button.hidden = jobs.some((job) => job.ended_ms);
  const ids = jobs.map((job) => job.id);
  $(".bulk .retry", section).onclick = () => bulk.retry(ids);
  $(".bulk .drop", section).onclick = () => bulk.drop(ids);
  $(".more", section).hidden = !rest || jobsWanted >= JOBS_MAX;
  const empty = $(".empty", section);
  empty.hidden = jobs.length > 0;
  say(empty, filtered ? "No job matches this filter." : "No jobs.");
}

function queueRow({ queue }) {
  const [due, oldest, jobs, word] = [h("span"), h("span"), h("span"), h("span")];
  const pause = h("button", "Pause", { onclick: () => actions.pause(queue), ariaLabel: `Pause ${queue}` });
  const resume = h("button", "Resume", { onclick: () => actions.resume(queue), ariaLabel: `Resume ${queue}` });
  const line = row(["", queue, ".first"], ["due", due, ".number"], ["oldest", oldest, ".number"], ["", jobs, ".wide"], ["", word], ["", h("span.buttons", pause, resume), ".acts"]);
  line.update = (now) => {
    say(due, count(now.due));
    say(oldest, now.due ? duration(now.oldest_seconds) : "–");
    say(jobs, Object.entries(now.jobs).map(([name, number]) => `${count(number)} ${name}`).join(" · ") || "none");
    if (now.paused_by) state(word, "suspended", `paused by ${now.paused_by} ${ago(now.paused_ms)}: ${now.paused_why}`);
    else state(word, "running", "works");
    pause.hidden = Boolean(now.paused_by);
    resume.hidden = !now.paused_by;
  };
  return line;
}

function jobRow(job) {
  const [when, word, attempts, error] = [h("span"), h("span"), h("span"), h("code.error")];
  const line = row(["", h("a.chat", job.id, { href: addressOf("job", job.id) }), ".first"], ["", `${job.queue} ${job.name}`], ["", when], ["", word], ["attempts", attempts, ".number"], ["", error, ".wide"]);
  line.update = (now) => {
    // Of one that is over only its end is known.
    say(when, now.ended_ms ? `ended ${ago(now.ended_ms)}` : ago(now.created_ms));
    jobState(word, now.state);
    say(attempts, now.attempts_max ? `${now.attempts}/${now.attempts_max}` : now.attempts);
    say(error, now.error || (now.seconds === null ? "" : `took ${now.seconds.toFixed(1)} s`));
    error.classList.toggle("calm", !now.error);
  };
  return line;
}

$(".more", section).addEventListener("click", () => {
  jobsWanted = Math.min(JOBS_MAX, jobsWanted * 3);
  refreshJobs();
});
document.addEventListener("acted", () => {
  refreshQueues();
  refreshJobs();
});
