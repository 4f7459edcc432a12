// The dialog before every action: what it does, why it is done, and once more where it cannot be undone.
import { ask, toast } from "./ask.js";
import { $, h, say, sayOrHide } from "./dom.js";

const REASONS_KEPT = 5;
const dialog = $("#why");
const form = $("form", dialog);
let pending = null;

/**
 * Ask for the reason, then act. `sure` is a sentence to agree to, `count` a number to type; `seconds` asks for
 * how long to wait. `send(why)` acts where a request with a body of JSON does not do, `done(outcome)` shows more than
 * its words. Afterwards the page hears of it by the event "acted".
 */
export function act(action) {
  pending = action;
  form.reset();
  say($("#why-title"), action.title);
  say($(".says", form), action.says);
  show(".seconds", action.seconds);
  show(".sure", action.sure);
  show(".count", action.count);
  say($(".sure span", form), action.sure ?? "");
  say($(".count b", form), action.count ?? "");
  form.count.pattern = String(action.count ?? "");
  sayOrHide($(".bad", form), "");
  const button = $(".main", form);
  say(button, action.button);
  button.classList.toggle("danger", Boolean(action.sure || action.count));
  busy(false);
  dialog.showModal();
  form.why.focus();
}

function show(part, wanted) {
  const label = $(part, form);
  label.hidden = !wanted;
  $("input", label).disabled = !wanted;
}

function busy(is) {
  $(".main", form).disabled = is;
  form.classList.toggle("busy", is);
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const action = pending;
  const body = { ...action.body, why: form.why.value };
  if (action.seconds) body.seconds = Number(form.seconds.value);
  busy(true);
  try {
    const outcome = await (action.send?.(form.why.value) ?? ask(action.path, { method: action.method ?? "POST", body }));
    remember(form.why.value);
    if (action === pending) dialog.close();
    toast(outcome.says, outcome.failed > 0 || outcome.unfinished > 0);
    action.done?.(outcome);
    document.dispatchEvent(new Event("acted"));
  } catch (error) {
    if (action === pending && dialog.open) sayOrHide($(".bad", form), error.message);
    else toast(error.message, true);
  }
  if (action === pending) busy(false);
});

// In an incident one does several things for one reason.
function remember(why) {
  const list = $("#whys");
  [...list.children].find((option) => option.value === why)?.remove();
  list.prepend(h("option", { value: why }));
  while (list.children.length > REASONS_KEPT) list.lastElementChild.remove();
}

$(".cancel", dialog).addEventListener("click", () => dialog.close());
