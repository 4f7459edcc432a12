// What the kit itself says, in Russian and English; a page may have better words for it.
import { wordsIn } from "./language.js";

const RU = {
  demoLabel: "Демо",
  demo: (id) => `Демо: вы посетитель ${id}`,
  demoOther: "Сменить",
  lost: "Нет связи. Пробуем снова…",
  failed: "Не получилось",
  retry: "Повторить",
  back: "Назад",
  enter: "Войти",
  enterMail: "Ваша почта",
  enterPhone: "Ваш телефон",
  enterMailOrPhone: "Почта или телефон",
  enterSend: "Получить код",
  enterSent: (to) => `Отправили код на ${to}. Он действует десять минут.`,
  enterCode: "Код",
  enterAgain: "Отправить ещё раз",
  enterAgainIn: (seconds) => `Отправить ещё раз через ${seconds} с`,
  enterOther: "Другой адрес",
  enterSeen: "Это демо: код пришёл сюда",
  enterChat: "Открыть чат с ботом",
  enterInTelegram: "Эта страница открывается в Telegram, из чата с ботом.",
};

const EN = {
  demoLabel: "Demo",
  demo: (id) => `Demo: you are visitor ${id}`,
  demoOther: "Switch visitor",
  lost: "No connection. Trying again…",
  failed: "Something went wrong",
  retry: "Try again",
  back: "Back",
  enter: "Log in",
  enterMail: "Your email",
  enterPhone: "Your phone number",
  enterMailOrPhone: "Email or phone number",
  enterSend: "Send me a code",
  enterSent: (to) => `We have sent a code to ${to}. It is good for ten minutes.`,
  enterCode: "Code",
  enterAgain: "Send it again",
  enterAgainIn: (seconds) => `Send it again in ${seconds} s`,
  enterOther: "Another address",
  enterSeen: "This is a demo: the code has arrived here",
  enterChat: "Open the chat with the bot",
  enterInTelegram: "This page opens in Telegram, from the chat with the bot.",
};

export const WORDS = { ru: RU, en: EN };

/** Say some of this in a page's own words: `{ ru: { lost: "…" }, en: { lost: "…" } }`; in a third language what it leaves out is said in English. */
export function better(all) {
  for (const [language, words] of Object.entries(all)) WORDS[language] = { ...EN, ...WORDS[language], ...words };
}

export const t = wordsIn(WORDS);
