"""What a room shows live: looked at once for all who look on, told when it changes, ended on close."""

import asyncio
import json
import socket
from functools import partial
from types import SimpleNamespace

import pytest
import trio

from mailroom.actors.runtime.bridge import aio, to_trio
from mailroom.ingress.asks import live, looking
from mailroom.ingress.http.limits import connections_max
from mailroom.ingress.http.server import listen, run_server
from mailroom.ingress.http.trio_app import TrioApp
from tests.ingress.pages.room_page import (  # noqa: F401 - fixtures
    folder_fixture,
    jar_fixture,
    serve_fixture,
)

PATH = "/app/tips/api/jars/a/live"
STREAM = {"Accept": "text/event-stream"}
VIEWERS = 200


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    monkeypatch.setattr(looking, "APART_SECONDS_MIN", 0.01)


class Viewer:
    """Somebody who looks on, as a browser reads the stream."""

    def __init__(self, connection):
        self._connection = connection
        self._rest = ""

    async def event(self):
        while "\n\n" not in self._rest:
            self._rest += (await self._connection.receive()).decode()
        text, _, self._rest = self._rest.partition("\n\n")
        if text.startswith(":"):
            return "beat", None
        fields = dict(line.split(": ", 1) for line in text.splitlines())
        return fields["event"], json.loads(fields["data"])


async def look_on(served, path=PATH, *, task_status=trio.TASK_STATUS_IGNORED):
    """Look on until the nursery is cancelled, or the stream ends."""
    async with served.client.request(path, headers=STREAM) as connection:
        await connection.send_complete()
        done = trio.Event()
        task_status.started(SimpleNamespace(events=Viewer(connection), leave=done.set))
        await done.wait()
        await connection.disconnect()
        await connection._client_send.aclose()


async def until(condition):
    with trio.fail_after(10):
        while not condition():  # noqa: ASYNC110 - it comes about on the other side
            await trio.sleep(0.01)


async def signal(served):
    async def give():
        served.signals.give("tips", "jars")

    await aio(give)


def test_it_can_be_looked_at_once(serve):
    async def test(served):
        assert (await served.ask("GET", "tips/api/jars/a/live")).json == {"minor": 0}

    serve(test)


def test_200_look_on_and_it_is_looked_at_once_for_all_of_them(serve, jar):
    async def test(served):
        async with trio.open_nursery() as nursery:
            viewers = [await nursery.start(look_on, served) for _ in range(VIEWERS)]
            for one in viewers:
                assert await one.events.event() == ("news", {"minor": 0})
            assert jar.looks == 1
            jar.shown = {"minor": 5}
            await signal(served)
            for one in viewers:
                assert await one.events.event() == ("news", {"minor": 5})
            assert jar.looks == 2
            for one in viewers:
                one.leave()
        await until(lambda: not any(one.get_name() == "look at jar:a" for one in asyncio.all_tasks()))

    serve(test)


def test_what_has_not_changed_is_not_told_again_and_a_fault_is_told_and_got_over(serve, jar):
    async def test(served):
        async with trio.open_nursery() as nursery:
            viewer = await nursery.start(look_on, served)
            assert await viewer.events.event() == ("news", {"minor": 0})
            await signal(served)
            await until(lambda: jar.looks == 2)
            jar.shown = KeyError("a mistake")
            await signal(served)
            name, told = await viewer.events.event()
            assert (name, told["code"]) == ("problem", "broken")
            assert told["what_to_do"]
            jar.shown = {"minor": 1}
            await signal(served)
            assert await viewer.events.event() == ("news", {"minor": 1})
            viewer.leave()

    serve(test)


def test_with_nothing_to_tell_something_is_sent_now_and_then(serve, monkeypatch):
    monkeypatch.setattr(live, "BEAT_SECONDS", 0.01)

    async def test(served):
        async with trio.open_nursery() as nursery:
            viewer = await nursery.start(look_on, served)
            seen = [await viewer.events.event() for _ in range(3)]
            assert ("news", {"minor": 0}) in seen
            assert ("beat", None) in seen
            viewer.leave()

    serve(test)


def test_it_ends_with_the_service(serve):
    async def test(served):
        async with served.client.request(PATH, headers=STREAM) as connection:
            await connection.send_complete()
            assert await Viewer(connection).event() == ("news", {"minor": 0})
            served.closing.set()
            with trio.fail_after(live.BEAT_SECONDS / 3):
                answer = await connection.as_response()
            assert answer.status_code == 200

    serve(test)


def test_no_more_look_on_than_there_are_places_and_a_place_comes_free(serve, monkeypatch):
    monkeypatch.setattr(live, "STREAMS_OF_A_BOT_MAX", 1)

    async def test(served):
        async with trio.open_nursery() as nursery:
            viewer = await nursery.start(look_on, served)
            await viewer.events.event()
            refused = await served.ask("GET", "tips/api/jars/a/live", headers=STREAM)
            assert (refused.status, refused.json["code"]) == (503, "unavailable")
            viewer.leave()
        async with trio.open_nursery() as nursery:
            again = await nursery.start(look_on, served)
            assert (await again.events.event())[0] == "news"
            again.leave()

    serve(test)


def test_another_ask_that_shows_something_by_the_same_name_shows_its_own(serve):
    async def test(served):
        async with trio.open_nursery() as nursery:
            first = await nursery.start(look_on, served)
            second = await nursery.start(look_on, served, PATH.replace("live", "signs"))
            assert await first.events.event() == ("news", {"minor": 0})
            assert await second.events.event() == ("news", {"signs": 1})
            first.leave()
            second.leave()

    serve(test)


def test_what_can_never_be_woken_is_told_as_broken(serve):
    async def test(served):
        async with trio.open_nursery() as nursery:
            viewer = await nursery.start(look_on, served, "/app/tips/api/jars/b/signs")
            name, told = await viewer.events.event()
            assert (name, told["code"]) == ("problem", "broken")
            viewer.leave()

    serve(test)


@pytest.mark.long
def test_200_browsers_look_on_over_real_connections_and_are_seen_to_have_left(serve, jar):
    def opened(port):
        browser = socket.create_connection(("127.0.0.1", port), timeout=20)
        browser.sendall(f"GET {PATH} HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n\r\n".encode())
        return browser

    def sees(browser, text):
        seen = b""
        while text not in seen:
            seen += browser.recv(4096)

    async def test(served):
        config, port = listen("127.0.0.1", 0)
        stop = trio.Event()
        async with trio.open_nursery() as nursery:
            nursery.start_soon(
                partial(aio, run_server, TrioApp(served.app), config, partial(to_trio, stop.wait))
            )
            browsers = await trio.to_thread.run_sync(lambda: [opened(port) for _ in range(VIEWERS)])
            await trio.to_thread.run_sync(lambda: [sees(one, b'{"minor":0}') for one in browsers])
            jar.shown = {"minor": 5}
            await signal(served)
            await trio.to_thread.run_sync(lambda: [sees(one, b'{"minor":5}') for one in browsers])
            assert jar.looks == 2
            for one in browsers:
                one.close()
            await until(lambda: not any(one.get_name() == "look at jar:a" for one in asyncio.all_tasks()))
            stop.set()

    if connections_max() < 5 * VIEWERS:
        pytest.skip("not enough files may be open here")
    serve(test)
