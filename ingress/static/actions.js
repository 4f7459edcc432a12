// What on-call can do, in words and as a request.
import { plural } from "./words.js";
import { act } from "./why.js";

const WAITS = "Its messages are still accepted, and wait in line.";
const SETTLES = "It is suspended, and you are told when nothing of it runs any more.";

export const suspend = (target, says = WAITS) =>
  act({ title: `Suspend ${target}`, button: "Suspend", says, path: "suspend", body: { target } });

export const resume = (target) =>
  act({ title: `Resume ${target}`, button: "Resume", says: "It goes on where it stopped, in order.", path: "resume", body: { target } });

export const drain = (target, says = `${WAITS} ${SETTLES}`) =>
  act({ title: `Drain ${target}`, button: "Drain", says, path: "drain", body: { target }, seconds: true });

export const restart = (target, says = "Its actor leaves memory and is read anew from the store. Nothing is lost.") =>
  act({ title: `Restart ${target}`, button: "Restart", says, path: "restart", body: { target } });

export const node = {
  restart: (path, process) =>
    act({
      title: `Restart ${path}`,
      button: "Restart",
      says: `It is stopped and started again in ${process}. That does not count towards its restart limit.`,
      path: "restart",
      body: { target: `node/${path}`, process },
    }),
  suspend: (path) => suspend(`node/${path}`, "It is stopped in every process, and stays so over restarts until it is resumed."),
  resume: (path) => resume(`node/${path}`),
  drain: (path) => drain(`node/${path}`, SETTLES),
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
