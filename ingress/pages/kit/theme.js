// Telegram's themes are made by anybody, and some of their colours cannot be read on each other: Telegram's own white on
// its blue button is one. Such a colour is moved towards black or white until it can be read.
// https://www.w3.org/TR/WCAG22/#contrast-minimum

const READABLE = 4.5;
const STEP = 0.05;
const SOFT = 0.13;
/** As much of the accent as app.css mixes into `--soft`. */

const parts = (colour) => {
  const digits = colour.slice(1);
  const six = digits.length < 6 ? [...digits].map((one) => one + one).join("") : digits;
  return [0, 2, 4].map((at) => parseInt(six.slice(at, at + 2), 16));
};
const colourOf = (three) => `#${three.map((one) => Math.round(one).toString(16).padStart(2, "0")).join("")}`;
const mix = (one, other, share) => one.map((value, at) => value * (1 - share) + other[at] * share);

function light(three) {
  const [red, green, blue] = three.map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one, other) {
  const [low, high] = [light(one), light(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

/** The colour nearest to this one that can be read on all of these grounds, or that these can be read on. */
export function readable(colour, ...grounds) {
  const under = grounds.map(parts);
  const worst = (three) => Math.min(...under.map((ground) => contrast(three, ground)));
  const ends = [[0, 0, 0], [255, 255, 255]].sort((a, b) => worst(b) - worst(a));
  let [three, share] = [parts(colour), 0];
  while (worst(three) < READABLE && share < 1) {
    share += STEP;
    three = mix(parts(colour), ends[0], Math.min(share, 1));
  }
  return colourOf(three);
}

/** What of a theme has to be other than Telegram gives it, by the name that app.css has for it. */
export function mended(theme) {
  const { button_color: button, button_text_color: text, secondary_bg_color: back, destructive_text_color: bad } = theme;
  const panel = theme.section_bg_color ?? theme.bg_color;
  const link = theme.accent_text_color ?? theme.link_color;
  const grounds = [panel, back].filter(Boolean);
  const changed = {};
  if (button && text) changed["--accent"] = readable(button, text);
  if (link && panel) changed["--link"] = readable(link, ...grounds, ...(button ? [colourOf(mix(parts(panel), parts(changed["--accent"] ?? button), SOFT))] : []));
  if (bad && panel) changed["--bad"] = readable(bad, ...grounds);
  return changed;
}
