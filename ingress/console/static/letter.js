// One dead letter: why it died, and its payload, to be mended and put back in line.
import { job, letter as actions } from "./actions.js";
import { ask } from "./ask.js";
import { facts, h } from "./dom.js";
import { payloadBox } from "./payload.js";
import { addressOf, closeSheet, sheetFor } from "./sheet.js";
import { ago, moment } from "./words.js";

sheetFor("letter", "Dead letter", (id, content) => {
  let open = true;
  const load = async () => {
    try {
      const letter = await ask(`dead/${encodeURIComponent(id)}`);
      if (open) content.replaceChildren(letterView(letter));
    } catch (error) {
      if (open) content.replaceChildren(h("p.fault", error.message));
    }
  };
  // Requeued or dropped it is gone; edited it is another.
  const acted = async () => {
    const gone = await ask(`dead/${encodeURIComponent(id)}`).then(() => false, () => true);
    if (gone && open) closeSheet();
    else load();
  };
  document.addEventListener("acted", acted);
  load();
  return () => {
    open = false;
    document.removeEventListener("acted", acted);
  };
});

function letterView(letter) {
  const isJob = letter.id.startsWith("job:");
  const list = h("dl.facts");
  facts(list, [
    ["Chat", ""],
    ["Died", `${moment(letter.died_ms)}, ${ago(letter.died_ms)}`],
    ["Accepted", moment(letter.accepted_ms)],
    ["Kind", letter.kind + (letter.expedited ? ", expedited" : "")],
    ["Number", letter.seq],
    ["Order", letter.order],
    ["Queue", letter.queue],
    ["Key", letter.key],
    ["Attempts", letter.attempts],
    ["Epoch", letter.epoch],
    ["Trace", letter.trace],
    ["Skipped by", letter.skipped_by],
  ]);
  const requeue = h("button.main", "Requeue", { onclick: () => (isJob ? job.retry : actions.requeue)(letter.id) });
  const payload = payloadBox(letter.payload, requeue, "Save the payload before you requeue it.", (text) => (isJob ? job : actions).edit(letter.id, text));
  return h("div",
    h("p.error", h("code", letter.error)),
    h("div.buttons", requeue, h("button.danger", "Drop", { onclick: () => (isJob ? job : actions).drop(letter.id) }),
      isJob ? h("a", "Open the job", { href: addressOf("job", letter.id) }) : null,
      letter.chat ? h("a", "Open its chat", { href: addressOf("chat", letter.chat) }) : null),
    list,
    payload,
    h("section", h("h3", "Traceback"), h("pre", letter.traceback || (isJob ? "No traceback was kept." : "No traceback: it did not fail, it was skipped."))));
}
