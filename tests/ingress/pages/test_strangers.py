"""Those who have proved nothing do not take what those need who have; what anyone may see is read once."""

import asyncio

import trio

from mailroom.actors.pages.answer import File
from mailroom.actors.pages.ask import ANYONE, KNOWN, Ask, Asked
from mailroom.actors.pages.page import Page
from mailroom.actors.runtime.bridge import aio
from mailroom.ingress.pages.answers import STRANGERS_AT_ONCE_MAX
from mailroom.ingress.pages.file_cache import FileCache
from tests.ingress.pages.room_page import (  # noqa: F401 - fixtures
    folder_fixture,
    jar_fixture,
    serve_fixture,
)

DIGEST = "d" * 32


class Slow:
    """What a room is asked, which it answers when a test says so."""

    def __init__(self):
        self.asked = 0
        self.may_answer = asyncio.Event()

    async def look(self, room, visit, asked):
        self.asked += 1
        await self.may_answer.wait()
        return {}


class OfPicture(Asked):
    digest: str


async def until(condition):
    with trio.fail_after(10):
        while not condition():  # noqa: ASYNC110 - it comes about on the other side
            await trio.sleep(0.01)


def test_strangers_wait_for_each_other_and_nobody_who_is_known_waits_for_them(serve, folder):
    slow = Slow()

    async def known(room, visit, asked):
        return {"is": "known"}

    asks = [Ask("GET", "/look", Asked, slow.look, ANYONE), Ask("GET", "/mine", Asked, known, KNOWN)]

    async def test(served):
        answers = []

        async def stranger():
            answers.append((await served.ask("GET", "tips/api/look", user=None)).status)

        async with trio.open_nursery() as nursery:
            for _ in range(2 * STRANGERS_AT_ONCE_MAX):
                nursery.start_soon(stranger)
            await until(lambda: slow.asked == STRANGERS_AT_ONCE_MAX)
            assert (await served.ask("GET", "tips/api/mine")).json == {"is": "known"}
            assert slow.asked == STRANGERS_AT_ONCE_MAX

            async def answer():
                slow.may_answer.set()

            await aio(answer)
        assert answers == [200] * 2 * STRANGERS_AT_ONCE_MAX

    serve(test, page=Page(folder, asks, enter=("demo",)))


def test_a_file_that_anyone_may_see_by_its_content_is_asked_of_the_room_once(serve, folder):
    read = []

    async def picture(room, visit, asked):
        read.append(visit.person)
        return File(b"png", "image/png", inline=True, digest=DIGEST)

    asks = [
        Ask("GET", "/pictures/{digest}", OfPicture, picture, ANYONE),
        Ask("GET", "/mine/{digest}", OfPicture, picture, KNOWN),
        Ask("GET", "/logo", Asked, picture, ANYONE),
    ]

    async def test(served):
        for _ in range(3):
            shown = await served.ask("GET", f"tips/api/pictures/{DIGEST}", user=None)
            assert (shown.body, shown.headers["Cache-Control"][:7]) == (b"png", "public,")
        assert len(read) == 1
        for path in (f"mine/{DIGEST}", "logo"):
            before = len(read)
            for _ in range(2):
                assert (await served.ask("GET", f"tips/api/{path}")).body == b"png"
            assert len(read) == before + 2, path
        assert (await served.ask("GET", "tips/api/logo")).headers["Cache-Control"] == "no-store"

    serve(test, page=Page(folder, asks, enter=("demo",)))


def test_of_what_is_at_hand_there_is_only_so_much_and_what_was_asked_for_last_stays():
    file_cache = FileCache(bytes_max=10)
    for name in ("a", "b"):
        file_cache.keep(name, File(b"1234", "image/png", digest=name))
    assert file_cache.find("a")
    file_cache.keep("c", File(b"1234", "image/png", digest="c"))
    assert [name for name in "abc" if file_cache.find(name)] == ["a", "c"]
    file_cache.keep("long", File(b"12345678901", "image/png", digest="long"))
    assert not any(file_cache.find(name) for name in ("a", "c", "long"))
