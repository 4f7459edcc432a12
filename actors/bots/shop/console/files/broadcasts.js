// A word to all customers, and how far each one has come.
import { look, since } from "./words.js";

const TEXT_SHOWN = 140;
const MOVES = { filling: ["cancel"], running: ["pause", "cancel"], paused: ["resume", "cancel"] };

export function broadcastsOf(tools, box) {
  const { act, ask, dom: { $, h, keep, row, say, state }, words: { ago, count, duration, plural } } = tools;
  const form = $("form", box);

  function broadcastRow({ id, message }) {
    const text = JSON.parse(message).text ?? "";
    const [when, word, told] = [h("span"), h("span"), h("span")];
    const button = (to, name, says, sure) => h("button", name, { ariaLabel: `${name} broadcast ${id}`, onclick: () =>
      act({ title: `${name} broadcast ${id}`, button: name, says, path: `broadcasts/${id}/${to}`, body: {}, sure }) });
    const buttons = {
      pause: button("pause", "Pause", "Nobody else is told until it is resumed."),
      resume: button("resume", "Resume", "Those who are left are told."),
      cancel: button("cancel", "Stop", "Nobody else is told, for good.", "Those who are left are never told"),
    };
    const line = row(["", h("span", `${id}`), ".first"], ["begun", when], ["", text.length > TEXT_SHOWN ? `${text.slice(0, TEXT_SHOWN)}…` : text, ".wide"], ["", word], ["told", told, ".number"], ["", h("span.buttons", Object.values(buttons)), ".acts"]);
    line.update = (now) => {
      const failed = Object.values(now.failed).reduce((sum, number) => sum + number, 0) + now.unknown;
      const left = now.eta_seconds === null ? "" : `, ${duration(now.eta_seconds)} left`;
      const [colour, name] = look(now.status);
      say(when, ago(since(now.created_at)));
      state(word, colour, `${name}${left}`);
      say(told, `${count(now.sent)} of ${count(now.sent + failed + now.left)}${failed ? `, ${count(failed)} failed` : ""}`);
      for (const [to, one] of Object.entries(buttons)) one.hidden = !(MOVES[now.status] ?? []).includes(to);
    };
    return line;
  }

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const [text, language] = [form.text.value, form.language.value];
    let recipients;
    try {
      recipients = await ask("recipients");
    } catch (error) {
      tools.fault(error.message);
      return;
    }
    const { by_language: told, without_news: without } = recipients;
    const number = language ? told[language] : Object.values(told).reduce((sum, some) => sum + some, 0);
    act({
      title: `Tell ${plural(number, "customer")}${without ? ` (${count(without)} want no news)` : ""}`,
      button: "Send",
      says: text,
      path: "broadcasts",
      // One key for one draft: whatever happens to the answer, it is sent once.
      body: { text, language: language || null, key: tools.onceKey() },
      count: number,
      sure: "What is sent cannot be had back",
      done: () => form.reset(),
    });
  });

  return async () => {
    const found = await ask("broadcasts?most=10");
    keep($("tbody", box), found, (one) => String(one.id), broadcastRow);
    $("table", box).hidden = !found.length;
    $(".empty", box).hidden = found.length > 0;
  };
}
