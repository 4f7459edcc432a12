// The language that a page speaks, Russian or English, and how it writes numbers, sums and times.
import { keep, recall } from "./store.js";

const CHOSEN = "mailroom.language";
let language = "en";
let digits = {};

/** Speak a language from now on; `currencies` says how many digits of each are cents, where that is not two. */
export function speak(chosen, currencies = digits) {
  language = chosen === "ru" ? "ru" : "en";
  digits = currencies;
  document.documentElement.lang = language;
}

export const speaks = () => language;
export const otherLanguage = () => (language === "ru" ? "en" : "ru");

/** The language that was chosen in this browser, or null: then the service knows which it is, by Telegram or the browser. */
export const chosenLanguage = () => recall(CHOSEN);
export const chooseLanguage = (chosen) => keep(CHOSEN, chosen);

/** The function that finds words in the language spoken now, of `{ ru: {…}, en: {…} }`; some take numbers or names. */
export function wordsIn(all) {
  return (name, ...values) => {
    const words = all[language][name];
    return typeof words === "function" ? words(...values) : words;
  };
}

/** The form of a Russian noun beside a number: 1 товар, 2 товара, 5 товаров. */
export function plural(count, one, few, many) {
  const [tens, ones] = [Math.floor(count / 10) % 10, count % 10];
  if (tens === 1 || ones === 0 || ones >= 5) return many;
  return ones === 1 ? one : few;
}

const locale = () => (language === "ru" ? "ru-RU" : "en-US");

/** Write an amount of minor units as the language does; cents only where there are any. */
export function money(minor, currency) {
  const places = digits[currency] ?? 2;
  const shown = minor % 10 ** places ? places : 0;
  return new Intl.NumberFormat(locale(), {
    style: "currency", currency, currencyDisplay: "narrowSymbol", minimumFractionDigits: shown, maximumFractionDigits: shown,
  }).format(minor / 10 ** places).replace("-", "−");
}

/** A share of a hundred as the language writes it: `10 %`, `10%`; less than nothing with a minus. */
export const percent = (share) => `${share < 0 ? "−" : ""}${Math.abs(share)}${language === "ru" ? "\u00a0" : ""}%`;

/** A moment where the visitor is, to the minute: `31.12.2026, 14:05`, `31 December 2026, 14:05`. */
export function day(moment) {
  const [at, long] = [new Date(moment), language === "en"];
  const date = at.toLocaleDateString(long ? "en-GB" : "ru-RU", { day: long ? "numeric" : "2-digit", month: long ? "long" : "2-digit", year: "numeric" });
  return `${date}, ${at.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" })}`;
}

/** Seconds as a countdown: 14:05, 1:02:00. */
export function countdown(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const two = (number) => String(number).padStart(2, "0");
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  return hours ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}
