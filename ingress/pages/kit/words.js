// What the kit itself says, in Russian and English; a page may have better words for it.
import { wordsIn } from "./language.js";

const RU = {
  demoLabel: "Демо",
  demo: (id) => `Демо: вы посетитель ${id}`,
  demoOther: "Сменить",
  otherLanguage: "EN",
  switchLanguage: "Switch to English",
  lost: "Нет связи. Пробуем снова…",
  failed: "Не получилось",
  retry: "Повторить",
  back: "Назад",
};

const EN = {
  demoLabel: "Demo",
  demo: (id) => `Demo: you are visitor ${id}`,
  demoOther: "Switch visitor",
  otherLanguage: "RU",
  switchLanguage: "Перейти на русский",
  lost: "No connection. Trying again…",
  failed: "Something went wrong",
  retry: "Try again",
  back: "Back",
};

export const WORDS = { ru: RU, en: EN };

/** Say some of this in a page's own words: `{ ru: { lost: "…" }, en: { lost: "…" } }`. */
export function better({ ru, en }) {
  Object.assign(RU, ru);
  Object.assign(EN, en);
}

export const t = wordsIn(WORDS);
