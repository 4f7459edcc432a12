"""A page of a small room of the tests, as the platform serves it: what it asks says what it was asked."""

import json
from dataclasses import replace
from types import SimpleNamespace

import pytest
import trio
from pydantic import Field

from mailroom.actors.pages.answer import File, Go, Live, Problem
from mailroom.actors.pages.ask import ANYONE, BEARER, KNOWN, Allow, Ask, Asked, Upload
from mailroom.actors.pages.page import Page, ProblemWords
from mailroom.actors.runtime import host
from mailroom.actors.uses.allowance import Allowance
from mailroom.actors.uses.signals import RoomSignals, Signals
from mailroom.ingress.app import create_app
from mailroom.ingress.asks.doing import Doing
from mailroom.ingress.pages.bot_page import BotPage
from mailroom.ingress.pages.routes import pages

TOKEN = "42:tips"
KEY = "0123456789abcdef"


class Tip(Asked):
    jar: str = Field(max_length=8)
    minor: int = Field(1, ge=1)


class OfJar(Asked):
    jar: str


class Note(Asked):
    jar: str
    file: bytes


class Jar:
    """What the test room keeps: nothing but what a test looks at."""

    def __init__(self):
        self.asked = []
        self.shown = {"minor": 0}
        self.looks = 0

    async def tip(self, room, visit, asked):
        self.asked.append((room, visit, asked))
        if asked.jar == "full":
            raise Problem("jar_full", left=3)
        return {"jar": asked.jar, "minor": asked.minor, "key": visit.key, "person": visit.person}

    async def jars(self, room, visit, asked):
        self.asked.append((room, visit, asked))
        return {"language": visit.language, "chosen": visit.chosen, "start": visit.start, "name": visit.name}

    async def note(self, room, visit, asked):
        self.asked.append((room, visit, asked))
        return {"bytes": len(asked.file)}

    async def picture(self, room, visit, asked):
        return File(b"0123456789", "image/png", inline=True, digest="d" * 32)

    async def receipt(self, room, visit, asked):
        return File(b"thanks", "text/html", "thanks.html")

    async def written(self, room, visit, asked):
        script = b"<h1>A file</h1><script>document.title = 'it ran'</script>"
        return File(script, "text/html", inline=True)

    async def pay(self, room, visit, asked):
        return Go("https://pay.example/1")

    async def live(self, room, visit, asked):
        async def look():
            self.looks += 1
            if isinstance(self.shown, Exception):
                raise self.shown
            return self.shown

        return Live(look, f"jar:{asked.jar}", signals=("jars",), every_seconds=30)

    async def signs(self, room, visit, asked):
        async def look():
            return {"signs": 1}

        return Live(look, f"jar:{asked.jar}", signals=() if asked.jar == "a" else ("no signal",))

    def page(self, files, **changes):
        return replace(
            Page(
                files,
                [
                    Ask("POST", "/tips", Tip, self.tip, KNOWN, allow=Allow("tips", 3, 600), keyed=True),
                    Ask("GET", "/jars", Asked, self.jars, ANYONE),
                    Ask("GET", "/jars/mine", Asked, self.jars, KNOWN),
                    Ask("GET", "/jars/all", Asked, self.jars, {"keeper"}),
                    Ask("GET", "/jars/linked", Asked, self.jars, BEARER),
                    Ask("PUT", "/jars/{jar}/note", Note, self.note, KNOWN, takes=Upload(100, ("text/*",))),
                    Ask("GET", "/jars/{jar}/picture", OfJar, self.picture, ANYONE),
                    Ask("GET", "/jars/{jar}/receipt", OfJar, self.receipt, KNOWN),
                    Ask("GET", "/jars/{jar}/page", OfJar, self.written, ANYONE),
                    Ask("GET", "/jars/{jar}/pay", OfJar, self.pay, ANYONE),
                    Ask("GET", "/jars/{jar}/live", OfJar, self.live, ANYONE),
                    Ask("GET", "/jars/{jar}/signs", OfJar, self.signs, ANYONE),
                ],
                enter=("telegram", "demo"),
                words={
                    "en": {"jar_full": ProblemWords("The jar is full.", "Choose another.")},
                    "ru": {"jar_full": ProblemWords("Банка полна.", "Выберите другую.")},
                },
            ),
            **changes,
        )


async def keepers(_room, proofs):
    if any(one.address == "tg:13" for one in proofs):
        raise ConnectionRefusedError("the database is away")
    return frozenset({"keeper"} if any(one.address == "tg:7" for one in proofs) else ())


@pytest.fixture(name="jar")
def jar_fixture():
    return Jar()


@pytest.fixture(name="folder")
def folder_fixture(tmp_path):
    (tmp_path / "inner").mkdir()
    (tmp_path / "index.html").write_text("<h1>Tips</h1>")
    (tmp_path / "main.js").write_text("export const tips = 1;")
    (tmp_path / "inner" / "page.css").write_text("h1 {}")
    (tmp_path / ".hidden").write_text("secret")
    return tmp_path


@pytest.fixture(name="serve")
def serve_fixture(jar, folder):
    """`serve(test)` runs a test that is given the application with the page of `tips`, and of more `bots`."""

    def run(test, *, bots=None, demo=True, page=None, held=False, **changes):
        signals = Signals()
        found = [
            BotPage(
                SimpleNamespace(bot=name, demo=demo, signals=RoomSignals(signals, name)),
                page or jar.page(folder),
                kind,
                TOKEN,
                keepers,
                chat_url="https://t.me/tips_bot",
            )
            for name, kind in (bots or {"tips": "tip_jar"}).items()
        ]

        async def main():
            with trio.fail_after(30):
                closing = trio.Event()
                app = create_app(None, None, {"bots": {}})
                app.register_blueprint(
                    pages(found, Allowance(), doing=Doing(lambda: held), closing=closing, **changes)
                )
                served = SimpleNamespace(
                    app=app, closing=closing, signals=signals, rooms=[one.room for one in found]
                )
                client = app.test_client()

                async def ask(method, path, body=None, *, user=5001, headers=None, **query):
                    own = {"Authorization": f"demo {user}"} if user else {}
                    answer = await client.open(
                        f"/app/{path}",
                        method=method,
                        json=body,
                        headers={**own, **(headers or {})},
                        query_string=query,
                    )
                    text = await answer.get_data()
                    is_json = answer.content_type == "application/json"
                    return SimpleNamespace(
                        status=answer.status_code,
                        headers=answer.headers,
                        body=text,
                        json=json.loads(text) if is_json else None,
                    )

                served.ask, served.client = ask, client
                return await test(served)

        return host.run(main)

    return run
