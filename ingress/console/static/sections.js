// Sections of bots: each gets its place and its tools. What breaks in one is said there, and nowhere else.
import { $, sayOrHide } from "./dom.js";
import { dress, toolsFor } from "./tools.js";

for (const section of document.querySelectorAll("section[data-bot]")) open(section);

async function open(section) {
  const bot = section.dataset.bot;
  const there = section.dataset.files.split(" ");
  const base = `/console/bots/${encodeURIComponent(bot)}/`;
  const part = (name) => (there.includes(name) ? text(`${base}${name}`) : "");
  try {
    const [tools, html, css] = await Promise.all([toolsFor(bot, section), part("section.html"), part("section.css")]);
    dress(bot, css);
    tools.place.innerHTML = html;
    if (!there.includes("section.js")) return;
    const { default: start } = await import(`${base}section.js`);
    await start(tools);
  } catch (error) {
    console.error(`the section of ${bot}:`, error);
    $(".place", section).replaceChildren();
    sayOrHide($(".fault", section), `This section does not work: ${error.message}`);
  }
}

async function text(address) {
  const response = await fetch(address, { cache: "no-cache" });
  if (!response.ok) throw new Error(`${address} answers ${response.status}`);
  return response.text();
}
