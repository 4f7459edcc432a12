// One dead letter: why it died, and its payload, to be mended and put back in line.
import { letter as actions } from "./actions.js";
import { ask } from "./ask.js";
import { facts, h } from "./dom.js";
import { addressOf, closeSheet, sheetFor } from "./sheet.js";
import { ago, indented, moment } from "./words.js";

const ROWS_MAX = 24;

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
  const list = h("dl.facts");
  facts(list, [
    ["Chat", ""],
    ["Died", `${moment(letter.died_ms)}, ${ago(letter.died_ms)}`],
    ["Accepted", moment(letter.accepted_ms)],
    ["Kind", letter.kind + (letter.expedited ? ", expedited" : "")],
    ["Number", letter.seq],
    ["Order", letter.order],
    ["Queue", letter.queue],
    ["Attempts", letter.attempts],
    ["Epoch", letter.epoch],
    ["Trace", letter.trace],
    ["Skipped by", letter.skipped_by],
  ]);
  const before = indented(letter.payload);
  const box = h("textarea", { value: before, spellcheck: false, rows: Math.min(ROWS_MAX, before.split("\n").length + 1), ariaLabel: "Payload" });
  const save = h("button", "Save payload", { disabled: true, onclick: () => actions.edit(letter.id, box.value) });
  const undo = h("button", "Undo changes", { hidden: true, onclick: () => { box.value = before; changed(); } });
  const requeue = h("button.main", "Requeue", { onclick: () => actions.requeue(letter.id) });
  const hint = h("p.dim", { hidden: true }, "Save the payload before you requeue it.");
  const changed = () => {
    const differs = box.value !== before;
    save.disabled = !differs;
    undo.hidden = hint.hidden = !differs;
    requeue.disabled = differs;
  };
  box.addEventListener("input", changed);
  return h("div",
    h("p.error", h("code", letter.error)),
    h("div.buttons", requeue, h("button.danger", "Drop", { onclick: () => actions.drop(letter.id) }), h("a", "Open its chat", { href: addressOf("chat", letter.chat) })),
    list,
    h("section", h("h3", "Payload"), box, h("div.buttons", save, undo), hint),
    h("section", h("h3", "Traceback"), h("pre", letter.traceback || "No traceback: it did not fail, it was skipped.")));
}
