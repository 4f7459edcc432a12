// What the page says, in each language that the shop has texts in: the server writes texts.js from its files.
import { speaksOneOf, wordsIn } from "./kit/language.js";
import { better } from "./kit/words.js";
import { TEXTS } from "./texts.js";

export const WORDS = TEXTS;

speaksOneOf(Object.keys(TEXTS));

export const t = wordsIn(TEXTS);

better(Object.fromEntries(Object.entries(TEXTS).map(([language, { lost, demoOther }]) => [language, { lost, demoOther }])));
