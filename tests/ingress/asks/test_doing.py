"""A room does what it was asked: not while nothing may change, and what changes something to its end."""

import asyncio
from types import SimpleNamespace

import pytest
import trio

from mailroom.actors.pages.answer import Problem
from mailroom.actors.pages.ask import ANYONE, Ask, Asked
from mailroom.actors.pages.visit import Visit
from mailroom.actors.runtime import host
from mailroom.ingress.asks.doing import Doing
from mailroom.storage.errors import StoreUnavailable

ROOM = SimpleNamespace(bot="tips")
VISIT = Visit(bot="tips", interface="page")


def doing(function, method="POST", *, held=False, seconds=5.0, changes=True):
    """What comes of asking once, as a value or a `Problem`."""
    ask = Ask(method, "/it", Asked, function, ANYONE, seconds=seconds, changes=changes)

    async def main():
        does = Doing(lambda: held)
        try:
            does.check(ask)
            return await does.do(ask, ROOM, VISIT, Asked())
        except Problem as problem:
            return problem

    return host.run(main)


def test_the_room_gets_itself_the_visit_and_what_was_asked():
    async def function(*given):
        return given

    assert doing(function) == (ROOM, VISIT, Asked())


def test_while_something_is_held_what_would_change_it_is_refused_and_the_rest_is_shown():
    async def function(*_):
        return "done"

    refused = doing(function, held=True)
    assert (refused.code, refused.wrong, refused.retry_seconds > 0) == ("unavailable", "later", True)
    assert doing(function, held=True, changes=False) == "done"
    assert doing(function, "GET", held=True) == "done"


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (Problem("sold_out"), "sold_out"),
        (StoreUnavailable("away"), "unavailable"),
        (ConnectionRefusedError("no"), "unavailable"),
        (KeyError("a mistake"), "broken"),
    ],
)
def test_what_keeps_it_from_being_done_is_a_problem(error, code):
    async def function(*_):
        raise error

    assert doing(function).code == code


def test_what_takes_too_long_is_cut_off_where_it_only_looks_and_goes_on_where_it_changes_something():
    ended = []

    async def function(*_):
        try:
            await asyncio.sleep(0.2)
            ended.append("done")
        except asyncio.CancelledError:
            ended.append("cut off")
            raise

    async def both():
        does = Doing()
        for method, code in (("GET", "unavailable"), ("POST", "unfinished")):
            ask = Ask(method, "/it", Asked, function, ANYONE, seconds=0.02)
            with pytest.raises(Problem) as caught:
                await does.do(ask, ROOM, VISIT, Asked())
            assert caught.value.code == code
        with trio.fail_after(5):
            while len(ended) < 2:  # noqa: ASYNC110 - it ends on the other side
                await trio.sleep(0.01)

    host.run(both)
    assert ended == ["cut off", "done"]


def test_whoever_leaves_in_the_middle_breaks_nothing_off():
    ended = []

    async def main():
        begun = trio.Event()

        async def function(*_):
            begun.set()
            await asyncio.sleep(0.05)
            ended.append("done")

        ask = Ask("POST", "/it", Asked, function, ANYONE)
        async with trio.open_nursery() as browser:
            browser.start_soon(Doing().do, ask, ROOM, VISIT, Asked())
            await begun.wait()
            browser.cancel_scope.cancel()
        assert not ended
        with trio.fail_after(5):
            while not ended:  # noqa: ASYNC110 - it ends on the other side
                await trio.sleep(0.01)

    host.run(main)
