"""Signals: whoever looks on is woken in all processes, and what is lost costs no more than the wait."""

import asyncio
import time
from contextlib import asynccontextmanager, contextmanager
from urllib.parse import quote, unquote, urlsplit

import pytest
import redis
from structlog.testing import capture_logs

from mailroom.actors.uses import signals as signalling
from mailroom.actors.uses.signals import RoomSignals, Signals
from mailroom.storage.errors import StoreUnavailable
from mailroom.storage.redis.air import Air
from mailroom.storage.redis.batch import Line

SOON = 5.0
"""Seconds in which a signal that comes has come."""


@asynccontextmanager
async def processes(url, count=2, *, hearing=True):
    """The signals of bot `mine`, as each of some processes has them, that hear each other already."""
    lines = [Line(url) for _ in range(count)]
    several = [RoomSignals(Signals(Air(url, line)), "mine") for line in lines]
    try:
        for one in several if hearing else ():
            with one.listen("anything") as heard:
                assert await heard.wait(SOON)
        yield several
    finally:
        for one in several:
            await one._signals.close()
        for line in lines:
            await line.close()


def test_who_listens_is_woken_in_all_processes_and_for_its_own_names_alone(clean_redis_url):
    async def main():
        async with processes(clean_redis_url) as (here, there):
            with (
                there.listen("stock", "price") as heard,
                there.listen("stock-2") as another,
                here.listen("stock") as own,
            ):
                here.give("stock")
                assert await own.wait(0.01), "whoever is in the same process waits for nobody"
                assert await heard.wait(SOON)
                assert not await another.wait(0.1)
                assert not await heard.wait(0.1), "one signal wakes once"
                assert not await own.wait(0.1), "what it has called itself it does not hear again"

    asyncio.run(main())


def test_two_hundred_viewers_are_woken_over_one_connection_which_there_is_not_without_them(clean_redis_url):
    def listeners():
        with redis.Redis.from_url(clean_redis_url) as client:
            return sum(one["name"] == "mailroom-signals" for one in client.client_list())

    async def main():
        async with processes(clean_redis_url, hearing=False) as (here, there):
            here.give("stock")
            assert await asyncio.to_thread(listeners) == 0
            with there.listen("anything") as heard:
                assert await heard.wait(SOON)

            async def look_on():
                with there.listen("stock") as heard:
                    return await heard.wait(SOON)

            async with asyncio.TaskGroup() as group:
                viewers = [group.create_task(look_on()) for _ in range(200)]
                await asyncio.sleep(0)  # each listens now
                here.give("stock")
            assert await asyncio.to_thread(listeners) == 1
            return [one.result() for one in viewers], there

    woken, there = asyncio.run(main())
    assert woken == [True] * 200
    assert not there._signals._listening, "nothing is kept of who has gone"


def test_a_signal_that_comes_while_somebody_looks_is_not_lost():
    async def main():
        room = RoomSignals(Signals(), "mine")
        with room.listen("stock") as heard:
            room.give("stock")
            return [await heard.wait(0.01), await heard.wait(0.01)]

    assert asyncio.run(main()) == [True, False]


def test_a_bot_hears_nothing_of_another_bots_signals(clean_redis_url):
    async def main():
        async with processes(clean_redis_url) as (here, there):
            with (
                there.listen("stock") as heard,
                RoomSignals(there._signals, "another").listen("stock") as another,
            ):
                here.give("stock")
                return await heard.wait(SOON), await another.wait(0.1)

    assert asyncio.run(main()) == (True, False)


def test_installations_in_two_databases_of_one_redis_hear_nothing_of_each_other(clean_redis_url):
    async def main():
        async with (
            processes(clean_redis_url, 1) as (here,),
            processes(clean_redis_url, 1) as (beside,),
            processes(clean_redis_url.replace("db=0", "db=1"), 1) as (there,),
        ):
            with beside.listen("stock") as heard, there.listen("stock") as another:
                here.give("stock")
                return await heard.wait(SOON), await another.wait(0.1)

    assert "db=0" in clean_redis_url
    assert asyncio.run(main()) == (True, False)


class Counting:
    """An air that counts what is called, and carries it nowhere."""

    def __init__(self, away=False):
        self.called = []
        self._away = away

    async def call(self, words):
        self.called.append((time.monotonic(), words.split("\n")[1:]))
        if self._away:
            raise StoreUnavailable("gone")

    async def listen(self, heard, listening):
        raise StoreUnavailable("gone")


def test_however_often_something_changes_other_processes_hear_of_it_so_often_and_no_more(monkeypatch):
    monkeypatch.setattr(signalling, "GATHERED_MAX", 3)

    async def main():
        air = Counting()
        room = RoomSignals(Signals(air), "mine")
        for _ in range(500):
            for name in ("a", "b", "c", "d"):
                room.give(name)
        async with asyncio.timeout(SOON):
            while room._signals._calling is not None:
                room.give("a") if len(air.called) == 1 else None
                await asyncio.sleep(0)
        return air.called

    (first, names), (second, again) = asyncio.run(main())
    assert (names, again) == (["mine/a", "mine/b", "mine/c"], ["mine/a"])
    assert second - first >= signalling.GATHERED_SECONDS * 0.9


def test_without_the_store_a_signal_disturbs_nobody_and_is_heard_in_its_own_process():
    async def main():
        room = RoomSignals(Signals(Counting(away=True)), "mine")
        with capture_logs() as logs, room.listen("stock") as heard:
            room.give("stock")
            assert await heard.wait(SOON)
            assert not await heard.wait(0.1)
            await room._signals.close()
        return {line["event"] for line in logs}

    assert asyncio.run(main()) == {"signals_not_called", "signals_not_heard"}


def test_a_connection_that_was_cut_is_made_again_and_whoever_listens_looks_then(clean_redis_url, monkeypatch):
    monkeypatch.setattr(signalling, "LISTEN_AGAIN_SECONDS", 0.05)

    async def main():
        async with processes(clean_redis_url, 1) as (there,):
            with there.listen("stock") as heard:
                with redis.Redis.from_url(clean_redis_url) as client:
                    (listener,) = [one for one in client.client_list() if one["name"] == "mailroom-signals"]
                    client.client_kill_filter(_id=listener["id"])
                assert await heard.wait(SOON), "what was called meanwhile is not known"

    asyncio.run(main())


@contextmanager
def few_rights(url):
    """A user whose rules say nothing of publishing."""
    with redis.Redis.from_url(url) as client:
        client.execute_command("ACL", "SETUSER", "few", "reset", "on", ">secret", "~*", "+@all", "-@pubsub")
        yield f"unix://few:secret@{quote(unquote(urlsplit(url).path))}?db=0"
        client.execute_command("ACL", "DELUSER", "few")


def test_under_an_acl_that_forbids_it_the_process_goes_on_and_says_so(clean_redis_url):
    async def main(url):
        async with processes(url, 1, hearing=False) as (room,):
            with capture_logs() as logs, room.listen("stock") as heard:
                room.give("stock")
                assert await heard.wait(SOON)
                async with asyncio.timeout(SOON):
                    while len({line["event"] for line in logs}) < 2:  # noqa: ASYNC110 - logs have no event
                        await asyncio.sleep(0.01)
            return [line["why"] for line in logs]

    with few_rights(clean_redis_url) as url:
        assert all("NOPERM" in why for why in asyncio.run(main(url)))


@pytest.mark.parametrize("name", ["", "a\nb", "x" * 65, "a/b", "a b"])
def test_what_is_no_name_is_refused(name):
    room = RoomSignals(Signals(), "mine")
    with pytest.raises(ValueError, match="no name of a signal"):
        room.give(name)
    with pytest.raises(ValueError, match="no name of a signal"), room.listen(name):
        pass


def test_one_listener_waits_for_so_many_names_and_no_more():
    room = RoomSignals(Signals(), "mine")
    with pytest.raises(ValueError, match="33 signals"), room.listen(*map(str, range(33))):
        pass
