// The language that a page speaks, one of those it has words in, and how it writes numbers, sums and times.
import { keep, recall } from "./store.js";

const CHOSEN = "mailroom.language";
const FALLBACK = "en";
let languages = ["ru", "en"];
let language = FALLBACK;
let digits = {};

/** The languages that a page has words in, where they are others than Russian and English. */
export function speaksOneOf(all) {
  languages = all;
}

/** The one of them that a tag such as `de-AT` means. */
function nearest(tag) {
  const asked = String(tag).toLowerCase().replace("_", "-");
  const known = (one) => languages.find((other) => other.toLowerCase() === one);
  return known(asked) ?? known(asked.split("-")[0]) ?? FALLBACK;
}

/** Speak a language from now on; `currencies` says how many digits of each are cents, where that is not two. */
export function speak(chosen, currencies = digits) {
  language = nearest(chosen);
  digits = currencies;
  document.documentElement.lang = language;
}

export const speaks = () => language;
/** The next of the languages: of two, the other one. */
export const otherLanguage = () => languages[(languages.indexOf(language) + 1) % languages.length];

const SWITCH = { ru: "Перейти на русский", en: "Switch to English" };
/** A language on a button that changes to it: its tag, and its name as it calls itself. */
export const nameOf = (other) => [other.toUpperCase(), SWITCH[other] ?? new Intl.DisplayNames([other], { type: "language" }).of(other)];

/** The language that was chosen in this browser, or null: then the service knows which it is, by Telegram or the browser. */
export const chosenLanguage = () => recall(CHOSEN);
export const chooseLanguage = (chosen) => keep(CHOSEN, chosen);

/** The function that finds words in the language spoken now, of `{ ru: {…}, en: {…} }`; some take numbers or names.
 * They are functions, or what the server wrote from a file of texts: `{ takes: ["count"], says: [...] }`. */
export function wordsIn(all) {
  return (name, ...values) => {
    const words = (all[language] ?? all[FALLBACK])[name];
    if (typeof words === "function") return words(...values);
    if (!words?.says) return words;
    return said(words.says, Object.fromEntries(words.takes.map((one, place) => [one, values[place]])));
  };
}

/** Pieces of a text: words, `{ value }`, or `{ by, forms, rest, counts }`, of which the value chooses one. */
function said(pieces, values) {
  return pieces.map((piece) => {
    if (typeof piece === "string") return piece;
    if (piece.value) return values[piece.value];
    const value = values[piece.by];
    const form = piece.forms[value] ?? (piece.counts && piece.forms[new Intl.PluralRules(language).select(value)]);
    return said(form ?? piece.forms[piece.rest], values);
  }).join("");
}

/** The form of a Russian noun beside a number: 1 товар, 2 товара, 5 товаров. */
export function plural(count, one, few, many) {
  const [tens, ones] = [Math.floor(count / 10) % 10, count % 10];
  if (tens === 1 || ones === 0 || ones >= 5) return many;
  return ones === 1 ? one : few;
}

const locale = () => ({ ru: "ru-RU", en: "en-US" })[language] ?? language;

/** Write an amount of minor units as the language does; cents only where there are any. */
export function money(minor, currency) {
  const places = digits[currency] ?? 2;
  const shown = minor % 10 ** places ? places : 0;
  return new Intl.NumberFormat(locale(), {
    style: "currency", currency, currencyDisplay: "narrowSymbol", minimumFractionDigits: shown, maximumFractionDigits: shown,
  }).format(minor / 10 ** places).replace("-", "−");
}

/** A share of a hundred as the language writes it: `10 %`, `10%`; less than nothing with a minus. */
export const percent = (share) => new Intl.NumberFormat(locale(), { style: "percent" }).format(share / 100).replace("-", "−");

/** A moment where the visitor is, to the minute: `31.12.2026, 14:05`, `31 December 2026, 14:05`. */
export function day(moment) {
  const [at, long] = [new Date(moment), language !== "ru"];
  const date = at.toLocaleDateString(language === "en" ? "en-GB" : locale(), { day: long ? "numeric" : "2-digit", month: long ? "long" : "2-digit", year: "numeric" });
  return `${date}, ${at.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" })}`;
}

/** Seconds as a countdown: 14:05, 1:02:00. */
export function countdown(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const two = (number) => String(number).padStart(2, "0");
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  return hours ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}
