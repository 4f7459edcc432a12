"""Files that come to a page over a real connection: long ones, ones that are cut, and browsers that leave."""

import asyncio
import json
import socket
import time
from functools import partial
from http.client import HTTPConnection

import pytest
import trio
from prometheus_client import REGISTRY

from mailroom.actors.pages.ask import KNOWN, Ask, Asked, AskError, Upload
from mailroom.actors.pages.page import Page
from mailroom.actors.runtime.bridge import aio, to_trio
from mailroom.ingress.http.server import listen, run_server
from mailroom.ingress.http.trio_app import TrioApp
from tests.ingress.pages.room_page import (  # noqa: F401 - fixtures
    folder_fixture,
    jar_fixture,
    serve_fixture,
)

LONG = 3 * 2**20
WHO = {"Authorization": "demo 5001", "Content-Type": "image/png"}


class Photo(Asked):
    file: bytes


class Photos:
    """What came of each, in the room."""

    def __init__(self):
        self.began, self.done, self.may_end = [], [], asyncio.Event()

    async def take(self, room, visit, asked):
        self.began.append(length := len(getattr(asked, "file", b"")))
        await self.may_end.wait()
        self.done.append(length)
        return {"bytes": length}

    def page(self, folder):
        asks = [
            Ask("PUT", "/photo", Photo, self.take, KNOWN, takes=Upload(LONG, ("image/*",))),
            Ask("POST", "/note", Asked, self.take, KNOWN),
        ]
        return Page(folder, asks, enter=("demo",))


@pytest.fixture
def photos():
    return Photos()


@pytest.fixture
def connected(serve, folder, photos):
    """`connected(client)` has a client that blocks talk to the page's port; then `then` is awaited."""

    def run(client, then=None):
        async def test(served):
            config, port = listen("127.0.0.1", 0)
            stop = trio.Event()
            async with trio.open_nursery() as nursery:
                nursery.start_soon(
                    partial(aio, run_server, TrioApp(served.app), config, partial(to_trio, stop.wait))
                )
                found = await trio.to_thread.run_sync(client, port, abandon_on_cancel=True)
                if then is not None:
                    await then(served)
                stop.set()
            return found

        return serve(test, page=photos.page(folder))

    return run


def put(port, body, length=None, headers=WHO):
    connection = HTTPConnection("127.0.0.1", port, timeout=20)
    sent = headers if length is None else {**headers, "Content-Length": str(length)}
    connection.request("PUT", "/app/tips/api/photo", body=body, headers=sent)
    answer = connection.getresponse()
    return answer.status, json.loads(answer.read())


async def until(condition):
    with trio.fail_after(10):
        while not condition():  # noqa: ASYNC110 - it comes about on the other side
            await trio.sleep(0.01)


def test_a_file_is_as_long_as_its_ask_says_and_longer_than_any_question(connected, photos):
    photos.may_end.set()

    def client(port):
        chunked = put(port, iter([b"x" * 2**16] * 48))
        endless = put(port, iter([b"x" * 2**16] * 49))
        return put(port, b"x" * LONG), chunked, put(port, b"x" * (LONG + 1)), endless

    whole, chunked, long, endless = connected(client)
    assert whole == chunked == (200, {"bytes": LONG})
    assert (long[0], long[1]["code"], long[1]["bytes_max"]) == (413, "too_large", LONG)
    assert (endless[0], endless[1]["code"]) == (413, "too_large")
    assert photos.began == [LONG, LONG]


def test_a_file_that_is_cut_in_the_middle_was_never_sent(connected, photos):
    photos.may_end.set()

    def client(port):
        with socket.create_connection(("127.0.0.1", port), timeout=10) as cut:
            head = "".join(f"{name}: {value}\r\n" for name, value in {"Host": "x", **WHO}.items())
            cut.sendall(f"PUT /app/tips/api/photo HTTP/1.1\r\n{head}Content-Length: {LONG}\r\n\r\n".encode())
            cut.sendall(b"x" * (LONG // 2))
        return put(port, b"whole")

    assert connected(client) == (200, {"bytes": 5})
    assert photos.began == [5]


def test_a_browser_that_leaves_in_the_middle_breaks_nothing_off(connected, photos):
    def client(port):
        with socket.create_connection(("127.0.0.1", port), timeout=10) as leaving:
            leaving.sendall(
                b"POST /app/tips/api/note HTTP/1.1\r\nHost: x\r\nAuthorization: demo 5001\r\n"
                b"Content-Length: 2\r\n\r\n{}"
            )
            deadline = time.monotonic() + 10
            while not photos.began and time.monotonic() < deadline:
                time.sleep(0.01)

    async def then(served):
        assert (photos.began, photos.done) == ([0], [])
        await until(lambda: REGISTRY.get_sample_value("mailroom_connections") == 0)  # it is seen to have left
        photos.may_end.set()
        await until(lambda: photos.done)

    connected(client, then)
    assert photos.done == [0]


@pytest.mark.parametrize("bytes_max", [0, 2**30])
def test_no_ask_takes_more_than_there_is_memory_for(bytes_max):
    with pytest.raises(AskError, match="a file may have"):
        Ask("PUT", "/photo", Photo, Photos().take, KNOWN, takes=Upload(bytes_max))
