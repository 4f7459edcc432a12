"""The page of `a-page.md` in a browser, as it stands there: its files, its asks and the kit."""

import re
from contextlib import asynccontextmanager
from functools import partial
from types import SimpleNamespace

import pytest
import trio

from mailroom import pages
from mailroom.actors.runtime.bridge import aio, to_trio
from mailroom.ingress.http.server import listen, run_server
from mailroom.ingress.http.trio_app import TrioApp
from tests.ingress.browser import Page, chromium_fixture, connected  # noqa: F401 - a fixture
from tests.ingress.pages.room_page import (  # noqa: F401 - fixtures
    folder_fixture,
    jar_fixture,
    serve_fixture,
)
from tests.ingress.pages.test_a_page import DOC, Options, documented

pytestmark = pytest.mark.long


class Provider:
    """The table of the jars, and the transaction in which it is written."""

    def __init__(self):
        self.minor = 5

    async def execute(self, _statement, _jar, minor):
        self.minor += minor

    async def fetchval(self, _statement, _jar):
        return self.minor

    @asynccontextmanager
    async def transaction(self, _cause):
        yield SimpleNamespace(connection=self)


def test_the_documented_page_takes_tips_and_shows_live_how_full_the_jar_is(serve, folder, chromium):
    for name, language in (("index.html", "html"), ("main.js", "js")):
        (folder / name).write_text(re.search(rf"```{language}\n(.*?)```", DOC.read_text(), re.DOTALL)[1])
    page, provider = documented().PAGE, Provider()

    async def looked(base):
        async with connected(chromium) as talk:
            seen = await Page.open(talk, f"{base}/app/tips/?user=5001")
            await seen.sees("In the jar: 5")
            await seen.sees("you are visitor 5001")
            await seen.click("#view button")
            await seen.sees("Thank you for 100")
            await seen.sees("In the jar: 105")
            assert seen.complaints == []

    async def test(served):
        (room,) = served.rooms
        room.options, room.database, room.transaction = Options(), provider, provider.transaction
        room.signal = room.signals.give
        stop = trio.Event()
        async with trio.open_nursery() as nursery:
            config, port = listen("127.0.0.1", 0)
            nursery.start_soon(aio, run_server, TrioApp(served.app), config, partial(to_trio, stop.wait))
            try:
                await aio(looked, f"http://127.0.0.1:{port}")
            finally:
                stop.set()

    serve(test, page=pages.Page(folder, page.asks, enter=page.enter, words=page.words))
