"""Sections of small rooms of the tests, as the platform serves them: they say what they were asked."""

import json
from types import SimpleNamespace

import pytest
import trio
from pydantic import Field

from mailroom.actors.hosting.bundled import Parts
from mailroom.actors.hosting.staff import Staff
from mailroom.actors.pages.answer import File, Go, Live, Problem
from mailroom.actors.pages.ask import ON_CALL, Allow, Ask, Asked, Upload
from mailroom.actors.pages.page import Section
from mailroom.actors.runtime import host
from mailroom.actors.uses.allowance import Allowance
from mailroom.actors.uses.signals import RoomSignals, Signals
from mailroom.ingress.app import create_app
from mailroom.ingress.asks.doing import Doing
from mailroom.ingress.console.section import BotSection
from mailroom.ingress.ops.access import Access
from mailroom.ingress.ops.operations import Operations
from tests.ingress.conftest import BEARER, TOKEN

KEEPERS = frozenset({"keeper"})


class Which(Asked):
    color: str = Field("any", max_length=8)
    most: int = Field(20, ge=1, le=100)


class OfJar(Asked):
    jar: int = Field(ge=1, le=1_000)


class Emptied(OfJar):
    to: str = Field("bank", max_length=60_000)
    sure: bool = False


class Note(OfJar):
    name: str = "note"
    file: bytes


class Jars:
    """What the test room keeps: nothing but what a test looks at."""

    def __init__(self):
        self.asked = []
        self.begun, self.ended = trio.Event(), trio.Event()
        self.shown = {"minor": 5}

    async def look(self, room, visit, asked):
        self.asked.append((room.bot, visit, asked))
        return {"color": asked.color, "most": asked.most}

    async def one(self, room, visit, asked):
        if asked.jar == 7:
            raise Problem("no_jar", "absent", says="There is no jar 7.")
        return {"jar": asked.jar}

    async def empty(self, room, visit, asked):
        self.asked.append((room.bot, visit, asked))
        if asked.jar == 8:
            raise Problem("empty", "conflict", says="Jar 8 is empty already.", since="monday")
        return {"says": f"Jar {asked.jar} is emptied."}

    async def note(self, room, visit, asked):
        self.asked.append((room.bot, visit, asked))
        return {"says": f"{asked.name}: {len(asked.file)} bytes."}

    async def picture(self, room, visit, asked):
        return File(b"<script>alert(1)</script>", "text/html", name="jar.html", inline=True)

    async def pay(self, room, visit, asked):
        return Go("https://pay.example/1")

    async def live(self, room, visit, asked):
        async def look():
            if isinstance(self.shown, Exception):
                raise self.shown
            return self.shown

        return Live(look, "jars", every_seconds=30)

    def section(self, files, title="Jars"):
        return Section(
            title,
            files,
            [
                Ask("GET", "/jars", Which, self.look, KEEPERS, says="All jars."),
                Ask("GET", "/jars/live", Asked, self.live, KEEPERS, says="All jars, as they fill."),
                Ask("GET", "/jars/{jar}", OfJar, self.one, KEEPERS, says="One jar."),
                Ask("POST", "/jars/{jar}/empty", Emptied, self.empty, KEEPERS, says="Empty a jar."),
                Ask("POST", "/jars/{jar}/break", OfJar, self.empty, ON_CALL, keyed=True, says="Break a jar."),
                Ask("POST", "/jars/{jar}/shake", OfJar, self.empty, KEEPERS, allow=Allow("shakes", 2, 600)),
                Ask("PUT", "/jars/{jar}/note", Note, self.note, KEEPERS, takes=Upload(100, ("text/*",))),
                Ask("GET", "/jars/{jar}/picture", OfJar, self.picture, KEEPERS),
                Ask("GET", "/jars/{jar}/pay", OfJar, self.pay, KEEPERS),
            ],
        )


async def keepers(_room, proofs):
    return KEEPERS if any(one.address == "tg:7" for one in proofs) else frozenset()


@pytest.fixture(name="jars")
def jars_fixture():
    return Jars()


@pytest.fixture(name="files")
def files_fixture(tmp_path):
    (tmp_path / "section.html").write_text("<p class=jar>A jar</p>")
    (tmp_path / "section.js").write_text("export default (tools) => {};")
    (tmp_path / ".hidden").write_text("secret")
    return tmp_path


@pytest.fixture(name="served")
def served_fixture(oncall, jars, files):
    """`served(test, held=False)` runs a test that is given `ask(method, path, …)` at two bots with jars."""

    def run(test, **options):
        async def main():
            with trio.fail_after(20):
                return await test(Served(oncall, jars, files, **options))

        return host.run(main)

    return run


class Served:
    def __init__(self, oncall, jars, files, *, held=False):
        self.oncall, self.jars = oncall, jars
        parts = Parts(answers=lambda: None, section=jars.section(files), roles=keepers)
        self.rooms = {
            bot: SimpleNamespace(bot=bot, allowance=Allowance(), signals=RoomSignals(Signals(), bot))
            for bot in ("mine", "theirs")
        }
        sections = {bot: BotSection(Staff.of(room, parts), "tips") for bot, room in self.rooms.items()}
        self.app = create_app(
            None,
            None,
            {"bots": {}},
            Operations(oncall, Access(TOKEN, Allowance()), sections, Doing(lambda: held)),
        )
        self.client = self.app.test_client()

    async def ask(self, method, path, body=None, headers=None, data=None):
        """Ask the bot `mine`, or whatever address begins with a slash."""
        path = path if path.startswith("/") else f"/ops/bots/mine/{path}"
        sent = {"data": data} if body is None else {"json": body}
        answer = await self.client.open(path, method=method, headers={**BEARER, **(headers or {})}, **sent)
        content = await answer.get_data()
        is_json = answer.content_type == "application/json"
        return SimpleNamespace(
            status=answer.status_code,
            headers=answer.headers,
            content=content,
            json=json.loads(content) if is_json else None,
        )
