"""The console as a browser sees it, served on this machine."""

from functools import partial
from types import SimpleNamespace

import pytest
import trio

from mailroom.actors.runtime import host
from mailroom.actors.runtime.bridge import aio, to_trio
from mailroom.actors.uses.allowance import Allowance
from mailroom.ingress.app import create_app
from mailroom.ingress.http.server import listen, run_server
from mailroom.ingress.http.trio_app import TrioApp
from mailroom.ingress.ops.access import Access
from mailroom.ingress.ops.operations import Operations
from mailroom.ingress.ops.people import People
from mailroom.storage.postgres.console_people import add_link
from tests.ingress.browser import Page, connected
from tests.ingress.conftest import TOKEN

LIVE = "document.querySelector('#live')?.dataset.state === 'running'"


@pytest.fixture(name="console")
def console_fixture(chromium):
    """`console(sections, oncall, test)` runs a test with a page where on-call has logged in, or a person whom
    their bot has sent a link.
    """

    def run(open_sections, oncall, test, *, person=None, seconds=90):
        async def main():
            with trio.fail_after(seconds):
                async with open_sections() as sections, trio.open_nursery() as nursery:
                    config, port = listen("127.0.0.1", 0)
                    stop = trio.Event()
                    link, people = "", None
                    if person is not None:
                        staff = {bot: its.staff for bot, its in sections.items()}
                        pool = next(iter(staff.values())).room.database
                        people, link = People(pool, staff), "f" * 64
                        await aio(add_link, pool, link, person, 600)
                    access = Access(TOKEN, Allowance(), people=people)
                    operations = Operations(oncall, access, sections, closing=stop)
                    app = create_app(None, None, {"bots": {}}, operations)
                    nursery.start_soon(aio, run_server, TrioApp(app), config, partial(to_trio, stop.wait))
                    try:
                        await aio(_look, test, f"http://127.0.0.1:{port}", chromium, link)
                    finally:
                        stop.set()

        return host.run(main)

    return run


async def _look(test, base, chromium, link):
    async with connected(chromium) as talk:
        path = f"/console/enter#{link}" if link else "/console"
        page = await Page.open(talk, f"{base}{path}", width=1280, height=900)
        if link:
            await page.click("button.main")
            await page.until("document.querySelector('section.room') !== null")
        else:
            await page.type("[name=token]", TOKEN)
            await page.type("[name=who]", "Ann")
            await page.press("Enter")
            await page.until(LIVE)
        await test(SimpleNamespace(base=base, page=page))
