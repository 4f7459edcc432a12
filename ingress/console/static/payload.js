// A payload that can be mended: it is saved first, and acted on then.
import { h } from "./dom.js";
import { indented } from "./words.js";

const ROWS_MAX = 24;

/** The box with its buttons; `act` (a button) waits until what was typed is saved. */
export function payloadBox(payload, act, hintText, onsave) {
  const before = indented(payload);
  const box = h("textarea", { value: before, spellcheck: false, rows: Math.min(ROWS_MAX, before.split("\n").length + 1), ariaLabel: "Payload" });
  const save = h("button", "Save payload", { disabled: true, onclick: () => onsave(box.value) });
  const undo = h("button", "Undo changes", { hidden: true, onclick: () => { box.value = before; changed(); } });
  const hint = h("p.dim", { hidden: true }, hintText);
  const changed = () => {
    const differs = box.value !== before;
    save.disabled = !differs;
    undo.hidden = hint.hidden = !differs;
    act.disabled = differs;
  };
  box.addEventListener("input", changed);
  return h("section", h("h3", "Payload"), box, h("div.buttons", save, undo), hint);
}
