// Dead letters: filtered, counted by reason, one by one or all at once.
import { letters as bulk } from "./actions.js";
import { filterIn } from "./address.js";
import { ask, query } from "./ask.js";
import { $, h, keep, row, say, sayOrHide } from "./dom.js";
import { addressOf } from "./sheet.js";
import { ago, count, nowMs, plural } from "./words.js";

const LETTERS_STEP = 15;
const LETTERS_MAX = 1000;
const REASONS_SHOWN = 6;
const section = $("#dead");
const filter = filterIn($(".filter", section), "dead", () => refreshDead());
const known = {};
let asked = 0;
let lettersWanted = LETTERS_STEP;

export async function refreshDead() {
  const [wanted, turn] = [filter(), (asked += 1)];
  try {
    // Counted up to a moment: what dies after it is neither shown in the number nor touched by it.
    const counted = { ...wanted, until_ms: nowMs() };
    const [number, reasons, letters] = await Promise.all([
      ask(`dead/count${query(counted)}`), ask(`dead/reasons${query(counted)}`), ask(`dead${query({ ...wanted, most: lettersWanted })}`),
    ]);
    if (turn === asked) show(number, reasons, letters, counted);
  } catch (error) {
    sayOrHide($(".fault", section), error.message);
  }
}

/** How many there are `of` chats or jobs; another number than before is a reason to look. */
export function deadAre(of, number) {
  if (number !== known[of]) refreshDead();
  known[of] = number;
}

function show({ letters: ofChats, jobs, missing }, reasons, letters, counted) {
  sayOrHide($(".fault", section), missing);
  const number = ofChats + jobs;
  keep($(".reasons tbody", section), reasons.slice(0, REASONS_SHOWN), (reason) => `${reason.bot} ${reason.error}`, reasonRow);
  keep($(".letters tbody", section), letters, (letter) => letter.id, letterRow);
  for (const table of section.querySelectorAll("table")) table.hidden = !letters.length;
  const rest = number > letters.length ? `, the newest ${letters.length} shown` : "";
  const many = reasons.length > REASONS_SHOWN ? `, the ${REASONS_SHOWN} most frequent of ${reasons.length} reasons` : "";
  const parts = ofChats && jobs ? ` (${plural(ofChats, "message")}, ${plural(jobs, "job")})` : "";
  say($(".count", section), `${plural(number, "dead letter")}${parts}${rest}${many}`);
  $(".bulk", section).hidden = !number;
  $(".bulk .requeue", section).onclick = () => bulk.requeue(counted, number);
  $(".bulk .drop", section).onclick = () => bulk.drop(counted, number);
  $(".more", section).hidden = letters.length < lettersWanted || lettersWanted >= LETTERS_MAX;
  const empty = $(".empty", section);
  empty.hidden = letters.length > 0;
  say(empty, Object.keys(filter()).length ? "No dead letter matches this filter." : "No dead letters.");
}

function reasonRow({ bot, error }) {
  const number = h("span");
  const only = h("button", "Only these", { onclick: () => narrow(bot, error), ariaLabel: `Only dead letters of ${bot} with ${error}` });
  const line = row(["letters", number, ".number"], ["", bot], ["", h("code.error", error), ".wide"], ["", only, ".acts"]);
  line.update = (now) => say(number, count(now.count));
  return line;
}

const narrow = (bot, error) => filter.set({ bot, error });

function letterRow(letter) {
  const when = h("span");
  const isJob = letter.id.startsWith("job:");
  const link = h("a.chat", letter.chat ?? letter.id, { href: addressOf("letter", letter.id) });
  const skipped = letter.skipped_by ? h("span.dim", ` skipped by ${letter.skipped_by}`) : null;
  const line = row(["", link, ".first"], ["died", when], ["", h("span", isJob ? `${letter.queue} ${letter.kind}` : letter.kind, skipped)], ["attempts", letter.attempts, ".number"], ["", h("code.error", letter.error), ".wide"]);
  line.update = (now) => say(when, ago(now.died_ms));
  return line;
}

$(".more", section).addEventListener("click", () => {
  lettersWanted = Math.min(LETTERS_MAX, lettersWanted * 3);
  refreshDead();
});
document.addEventListener("acted", refreshDead);
