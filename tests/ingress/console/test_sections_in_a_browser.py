"""Sections side by side in a browser: each works in its place, and what breaks in one disturbs no other."""

from contextlib import asynccontextmanager
from types import SimpleNamespace

import pytest

from mailroom.actors.hosting.bundled import Parts
from mailroom.actors.hosting.staff import Staff
from mailroom.actors.uses.allowance import Allowance
from mailroom.actors.uses.signals import RoomSignals, Signals
from mailroom.ingress.console.section import BotSection
from tests.ingress.browser import chromium_fixture  # noqa: F401 - a fixture
from tests.ingress.console.browsing import console_fixture  # noqa: F401 - a fixture
from tests.ingress.console.jar_section import Jars

pytestmark = pytest.mark.long

HTML = '<p class="hello">Hello</p><button class="empty">Empty</button><p class="live"></p>'
GREEN = ".hello { color: rgb(0, 128, 0); } table { display: none; } .badge { color: rgb(1, 2, 3); }"
WORKS = """
export default function ({ act, ask, bot, dom: { $, h, say }, place, sheet, sheetAddress, stream }) {
  const empty = { title: "Empty jar 3", button: "Empty", says: "It.", path: "jars/3/empty", body: {} };
  $(".empty", place).onclick = () => act(empty);
  stream("jars/live", (news) => say($(".live", place), `${news.minor} minor`));
  sheet("jar", "Jar", (id, content) => {
    ask(`jars/${id}`).then(({ jar }) => content.replaceChildren(h("p.hello", `Jar ${jar} of ${bot}`)));
  });
  place.append(h("a", "Jar 4", { href: sheetAddress("jar", 4) }));
}
"""
BROKEN = """
export default function () {
  setTimeout(() => { throw new Error("later"); });
  throw new Error("I broke");
}
"""
NO_SCRIPT = "this is no script"
LONG_WORDS = (
    "Object.assign(document.querySelector('.well'), { hidden: false, textContent: 'all is well '.repeat(9) })"
)
OF_SHEET = "[...document.querySelectorAll('#sheet .content .hello')].map((one) => one.textContent).join()"


@pytest.fixture
def sections(tmp_path):
    """Four bots: two that work, one that throws, one whose script cannot be read."""

    def of(bot, jars, html, css, script):
        folder = tmp_path / bot
        folder.mkdir()
        for name, text in (("section.html", html), ("section.css", css), ("section.js", script)):
            (folder / name).write_text(text)
        room = SimpleNamespace(bot=bot, allowance=Allowance(), signals=RoomSignals(Signals(), bot))
        section = jars.section(folder, title=bot.title())
        return BotSection(Staff.of(room, Parts(answers=lambda: None, section=section)))

    @asynccontextmanager
    async def opened():
        yield {
            "awful": of("awful", Jars(), HTML, GREEN.replace("128", "0"), BROKEN),
            "bad": of("bad", Jars(), HTML, "", NO_SCRIPT),
            "mine": of("mine", Jars(), HTML, GREEN, WORKS),
            "theirs": of("theirs", Jars(), HTML, "", WORKS),
        }

    return opened


def color(selector):
    return f"getComputedStyle(document.querySelector({selector!r})).color"


def test_sections_do_not_disturb_each_other_nor_the_console(console, sections, oncall) -> None:
    async def test(here):
        page = here.page
        for bot in ("mine", "theirs"):
            await page.until(f"document.querySelector('#bot-{bot} .live')?.textContent === '5 minor'")
        assert "I broke" in await page.text("#bot-awful .fault")
        assert "does not work" in await page.text("#bot-bad .fault")
        assert await page.text("#bot-awful .place") == ""
        # Styles are those of a place, and of no other.
        assert await page.run(color("#bot-mine .hello")) == "rgb(0, 128, 0)"
        assert await page.run(color("#bot-theirs .hello")) != "rgb(0, 128, 0)"
        assert await page.run(color("#needs")) != "rgb(1, 2, 3)"
        # Sheets of the same name are each bot's own, and look as its styles say.
        for bot, looks in (("mine", True), ("theirs", False)):
            await page.click(f"#bot-{bot} .place a")
            await page.until(f"{OF_SHEET} === 'Jar 4 of {bot}'")
            assert (await page.run(color("#sheet .hello")) == "rgb(0, 128, 0)") is looks
            await page.press("Escape")
            await page.until("!document.querySelector('#sheet').open")
        # What is done is done to the bot whose section it was.
        await page.click("#bot-theirs .empty")
        await page.type("#why [name=why]", "it is full")
        await page.press("Enter")
        await page.sees("Jar 3 is emptied.")
        assert await page.run("document.querySelector('#live').dataset.state") == "running"
        assert [words for words in page.complaints if "later" not in words and "I broke" not in words] == []

    console(sections, oncall, test)


def test_on_a_phone_nothing_is_wider_than_the_page(console, sections, oncall) -> None:
    async def test(here):
        await here.page.call(
            "Emulation.setDeviceMetricsOverride", width=390, height=844, deviceScaleFactor=1, mobile=False
        )
        await here.page.until("document.querySelector('#bot-mine .live')?.textContent === '5 minor'")
        assert await here.page.run(f"{LONG_WORDS}; document.documentElement.scrollWidth") <= 390

    console(sections, oncall, test)


def test_a_sheet_is_opened_by_its_address(console, sections, oncall) -> None:
    async def test(here):
        await here.page.goto(f"{here.base}/console#mine.jar/9")
        await here.page.run("location.reload()")
        await here.page.until(f"{OF_SHEET} === 'Jar 9 of mine'")

    console(sections, oncall, test)
