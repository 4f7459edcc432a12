// What on-call can do, in words and as a request.
import { plural } from "./words.js";
import { act } from "./why.js";

const WAITS = "Its messages are still accepted, and wait in line.";
const SETTLES = "It is suspended, and you are told when nothing of it runs any more.";

const simple = (button, path, says) => (target, words = says, more = {}) =>
  act({ title: `${button} ${more.name ?? target}`, button, says: words, path, body: { target, process: more.process }, seconds: path === "drain" });

export const suspend = simple("Suspend", "suspend", WAITS);
export const resume = simple("Resume", "resume", "It goes on where it stopped, in order.");
export const drain = simple("Drain", "drain", `${WAITS} ${SETTLES}`);
export const restart = simple("Restart", "restart", "Its actor leaves memory and is read anew from the store. Nothing is lost.");

/** The same for a node of the tree, named so that it cannot be taken for a bot; `process` where it is meant there alone. */
export const node = {
  restart: (path, process) => restart(`node/${path}`, `It is stopped and started again in ${process}. That does not count towards its restart limit.`, { name: path, process }),
  suspend: (path) => suspend(`node/${path}`, "It is stopped in every process, and stays so over restarts until it is resumed.", { name: path }),
  resume: (path, process) => resume(`node/${path}`, "It is started again.", { name: path, process }),
  drain: (path) => drain(`node/${path}`, SETTLES, { name: path }),
};

export const skip = (chat, head) =>
  act({
    title: `Skip the first message of ${chat}`,
    button: "Skip",
    says: `Message ${head.seq} (${head.kind}) goes to the dead letters, and the chat goes on with the next one.`,
    path: `chats/${encodeURIComponent(chat)}/skip`,
    body: { seq: head.seq },
    sure: "Its user gets no answer to it",
  });

export const letter = {
  requeue: (id) =>
    act({
      title: `Requeue ${id}`,
      button: "Requeue",
      says: "It goes back to its old place in line and gets all its attempts anew. Replies it already sent are not sent again.",
      path: "dead/requeue",
      body: { ids: [id] },
    }),
  drop: (id) =>
    act({ title: `Drop ${id}`, button: "Drop", says: "It is deleted.", path: "dead/drop", body: { ids: [id] }, sure: "For good: it cannot be had back" }),
  edit: (id, payload) =>
    act({ title: `Save the payload of ${id}`, button: "Save", says: "The dead letter holds the new payload; requeue it to have it handled.", method: "PUT", path: `dead/${encodeURIComponent(id)}`, body: { payload } }),
};

export const job = {
  retry: (id) =>
    act({ title: `Retry ${id}`, button: "Retry", says: "It is run again now and gets all its attempts anew. What it did before may be done once more.", path: "outbox/retry", body: { ids: [id] } }),
  drop: (id) =>
    act({ title: `Drop ${id}`, button: "Drop", says: "It is thrown away. If it runs just now, it comes to its end all the same.", path: "outbox/drop", body: { ids: [id] }, sure: "For good: it cannot be had back" }),
  edit: (id, payload) =>
    act({ title: `Save the payload of ${id}`, button: "Save", says: "The job holds the new payload; if it is dead, retry it.", method: "PUT", path: `outbox/${encodeURIComponent(id)}`, body: { payload } }),
};

/** Those that are shown, by their ids: what comes meanwhile is left alone. */
export const jobs = {
  retry: (ids) =>
    act({ title: `Retry ${plural(ids.length, "job")}`, button: "Retry", says: "Those in the list are run again now and get all their attempts anew.", path: "outbox/retry", body: { ids }, count: ids.length }),
  drop: (ids) =>
    act({ title: `Drop ${plural(ids.length, "job")}`, button: "Drop", says: "Those in the list are thrown away.", path: "outbox/drop", body: { ids }, count: ids.length, sure: "For good: they cannot be had back" }),
};

export const queue = {
  pause: (name) =>
    act({ title: `Pause ${name}`, button: "Pause", says: "Nobody takes jobs of this queue until it is resumed, also over restarts. They are still accepted, and wait; those in hand are finished.", path: `outbox/queues/${encodeURIComponent(name)}/pause`, body: {} }),
  resume: (name) =>
    act({ title: `Resume ${name}`, button: "Resume", says: "Its jobs are worked again.", path: `outbox/queues/${encodeURIComponent(name)}/resume`, body: {} }),
};

export const work = {
  run: (name) =>
    act({ title: `Run ${name} now`, button: "Run now", says: "It is run once, beside its schedule. If its last run is under way, there is no other.", path: `periodic/${encodeURIComponent(name)}/run`, body: {} }),
};

const endPayment = (ending, says) => (ref) =>
  act({ title: `${ref} is ${ending}`, button: "Say so", says, path: `payments/lost/${encodeURIComponent(ref)}/end`, body: { ending } });

export const payment = {
  delivered: endPayment("delivered", "Its buyer has got what was paid for, by hand. No money moves."),
  credited: endPayment("credited", "Its buyer has got it on the balance, by hand. No money moves here."),
  giveBack: (ref) =>
    act({ title: `Give ${ref} back`, button: "Give back", says: "The money goes back through its gateway; if it cannot, that becomes a dead job which says why.", path: "payments/lost/give-back", body: { refs: [ref] }, sure: "It goes back to whoever paid" }),
};

export const stores = {
  go: (unasked) =>
    act({
      title: "Let chats and jobs go on",
      button: "Go on",
      says: "What was taken in meanwhile is handled in order. Numbers that may have been given since the backup are left out.",
      path: "restored/go",
      body: { unasked },
      sure: unasked ? "A gateway was not asked yet which payments are unknown here" : "The payments that are unknown here were seen to",
    }),
};

/** All that a filter finds, up to the moment it was counted: what dies meanwhile is left alone. */
export const letters = {
  requeue: (filter, number) =>
    act({ title: `Requeue ${plural(number, "dead letter")}`, button: "Requeue", says: `Each goes back to its old place in line: ${inWords(filter)}.`, path: "dead/requeue", body: { filter }, count: number }),
  drop: (filter, number) =>
    act({ title: `Drop ${plural(number, "dead letter")}`, button: "Drop", says: `They are deleted: ${inWords(filter)}.`, path: "dead/drop", body: { filter }, count: number, sure: "For good: they cannot be had back" }),
};

function inWords({ bot, chat, error }) {
  const parts = [bot && `of ${bot}`, chat && `of the chat ${chat}`, error && `with “${error}” in the error`].filter(Boolean);
  return parts.length ? `all ${parts.join(", ")}` : "all there are";
}
