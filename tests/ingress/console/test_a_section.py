"""The section of `a-section-of-the-console.md` is served as it stands there."""

import re
from contextlib import asynccontextmanager
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

from mailroom.actors.hosting.bundled import Parts
from mailroom.actors.hosting.staff import Staff
from mailroom.actors.pages.visit import Visit
from mailroom.actors.runtime import host
from mailroom.actors.uses.allowance import Allowance
from mailroom.ingress.app import create_app
from mailroom.ingress.console.section import BotSection
from mailroom.ingress.ops.access import Access
from mailroom.ingress.ops.operations import Operations
from tests.ingress.browser import chromium_fixture  # noqa: F401 - a fixture
from tests.ingress.conftest import BEARER, TOKEN
from tests.ingress.console.browsing import console_fixture  # noqa: F401 - a fixture

DOC = Path(__file__).parents[3] / "ops/docs/a-section-of-the-console.md"


def example(language):
    (found,) = re.findall(
        rf"^```{language}\n(.*?)^```", DOC.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE
    )
    return found


class Jars:
    """The tables of the example, and its room."""

    def __init__(self):
        self.rows = {1: {"id": 1, "name": "Tea", "minor": 1234}, 2: {"id": 2, "name": "Cake", "minor": 5}}
        self.notes = []

    async def fetch(self, statement, most):
        return [row for _, row in sorted(self.rows.items())][:most]

    async def fetchval(self, statement, jar):
        if jar in self.rows:
            self.rows[jar] = {**self.rows[jar], "minor": 0}
        return self.rows.get(jar, {}).get("name")

    async def note(self, *deed):
        self.notes.append(deed)

    @asynccontextmanager
    async def transaction(self, visit):
        assert isinstance(visit, Visit)
        yield SimpleNamespace(connection=self, note=self.note)

    @property
    def room(self):
        return SimpleNamespace(bot="mine", database=self, transaction=self.transaction, allowance=Allowance())


@pytest.fixture
def jars():
    return Jars()


@pytest.fixture
def sections(jars, tmp_path):
    """The section, from the text of the page."""
    module = ModuleType("section_of_the_page")
    module.__file__ = str(tmp_path / "section.py")
    (tmp_path / "files").mkdir()
    for name, language in (("section.html", "html"), ("section.js", "js")):
        (tmp_path / "files" / name).write_text(example(language), encoding="utf-8")
    exec(compile(example("python"), module.__file__, "exec"), vars(module))
    return {"mine": BotSection(Staff.of(jars.room, Parts(answers=lambda: None, section=module.SECTION)))}


def test_what_the_page_says_can_be_asked(oncall, jars, sections) -> None:
    async def test():
        app = create_app(None, None, {"bots": {}}, Operations(oncall, Access(TOKEN, Allowance()), sections))
        client = app.test_client()
        seen = await client.get("/ops/bots/mine/jars?most=1", headers=BEARER)
        assert await seen.get_json() == [{"id": 1, "name": "Tea", "minor": 1234}]
        done = await client.post("/ops/bots/mine/jars/1/empty", headers=BEARER, json={"why": "full"})
        assert await done.get_json() == {"says": "The jar Tea is emptied."}
        none = await client.post("/ops/bots/mine/jars/3/empty", headers=BEARER, json={"why": "full"})
        assert (none.status_code, (await none.get_json())["error"]) == (404, "There is no jar 3.")
        assert jars.notes == [("empty", "jar:1", {"name": "Tea"})]

    host.run(test)


@pytest.mark.long
def test_the_section_of_the_page_works_in_a_browser(console, oncall, jars, sections) -> None:
    @asynccontextmanager
    async def opened():
        yield sections

    async def test(here):
        await here.page.until("document.querySelector('#bot-mine .jars')?.innerText.includes('Tea: 1,234')")
        await here.page.click("#bot-mine .jars button")
        await here.page.type("#why [name=why]", "it is full")
        await here.page.press("Enter")
        await here.page.until("document.querySelector('#bot-mine .jars').innerText.includes('Tea: 0')")
        assert here.page.complaints == []

    console(opened, oncall, test)
