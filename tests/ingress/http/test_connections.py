"""Connections in numbers, and those that nobody looks after."""

import os
import resource
import socket
from contextlib import ExitStack, suppress

import pytest
import trio
from structlog.testing import capture_logs

from mailroom.ingress.http import connections, limits, wire
from mailroom.ingress.http.limits import Bites
from tests.acceptance.hostile.raw import Connection, ask, request
from tests.acceptance.processes import wait_until
from tests.ingress.http.listening import PATH, SECRET, Listening, descriptors

HEALTH = request("/healthz", method="GET")
WEBHOOK = request(PATH, b'{"update_id": 1}', secret=SECRET)


@pytest.fixture
def listening() -> Listening:
    return Listening()


def count_of(limit: str) -> float:
    return limits.BITES.labels(limit)._value.get()


@pytest.mark.parametrize("data", [WEBHOOK, HEALTH, WEBHOOK[:20], b""], ids=repr)
def test_a_connection_that_its_client_closed_keeps_no_descriptor(listening, data) -> None:
    """It kept it for 75 s: fourteen short connections a second ended the service."""

    def client(port):
        assert ask(port, HEALTH).status == 200
        before = descriptors()
        for _ in range(30):
            with Connection(port) as connection:
                connection.send(data)
                if data in (WEBHOOK, HEALTH):
                    assert connection.answer().status == 200
        wait_until(lambda: descriptors() <= before, "the descriptors", 10)

    listening.to(client)


@pytest.mark.parametrize("data", [request(PATH, b"no json", secret=SECRET), request("/large", method="GET")])
def test_answers_that_nobody_reads_end_their_connection(listening, monkeypatch, data) -> None:
    monkeypatch.setattr(wire, "UNREAD_SECONDS_MAX", 0.3)
    before = count_of("unread_answers")

    @listening.app.get("/large")
    async def large():
        return "x" * 100_000

    def client(port):
        with socket.socket() as connected:
            connected.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            connected.connect(("127.0.0.1", port))
            connected.settimeout(30)
            with pytest.raises(ConnectionError):
                connected.sendall(data * 1_000_000)
        return ask(port, HEALTH).status

    assert listening.to(client) == 200
    assert count_of("unread_answers") > before


def test_connections_that_say_nothing_keep_nobody_out(listening, monkeypatch) -> None:
    monkeypatch.setattr(connections, "connections_max", lambda: 20)

    def client(port):
        before = descriptors()
        with ExitStack() as opened:
            silent = [opened.enter_context(Connection(port)) for _ in range(60)]
            silent[-1].send(HEALTH[:10])
            status = ask(port, HEALTH).status
            wait_until(lambda: descriptors() - before - len(silent) <= 21, "fewer connections", 10)
            return status, silent[0].ended()

    with capture_logs() as logged:
        assert listening.to(client) == (200, True), "the oldest made room"
    assert [one["reason"] for one in logged if one["event"] == "connection_limit"][:1] == ["connections"]


def test_connections_that_are_being_answered_make_no_room(listening, monkeypatch) -> None:
    monkeypatch.setattr(connections, "connections_max", lambda: 4)
    arrived, go = [], trio.Event()

    @listening.app.get("/slow")
    async def slow():
        arrived.append(None)
        await go.wait()
        return "done"

    @listening.app.get("/go")
    async def let_go():
        go.set()
        return "gone"

    def client(port):
        with ExitStack() as opened:
            busy = [opened.enter_context(Connection(port)) for _ in range(3)]
            for one in busy:
                one.send(request("/slow", method="GET"))
            wait_until(lambda: len(arrived) == 3, "all at work", 10)
            silent = [opened.enter_context(Connection(port)) for _ in range(10)]
            assert silent
            assert ask(port, request("/go", method="GET")).body == b"gone"
            return [one.answer().body for one in busy]

    assert listening.to(client) == [b"done"] * 3


def test_a_process_out_of_descriptors_goes_on_when_it_has_some_again(listening) -> None:
    """The listener was closed without a word, and nobody reached the service again."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)

    def client(port):
        assert ask(port, HEALTH).status == 200
        resource.setrlimit(resource.RLIMIT_NOFILE, (descriptors() + 20, hard))
        taken = []
        with socket.socket() as connected:
            with suppress(OSError):
                while True:
                    taken.append(os.open("/dev/null", os.O_RDONLY))
            before = count_of("descriptors")
            connected.settimeout(10)
            connected.connect(("127.0.0.1", port))
            connected.sendall(HEALTH)
            wait_until(lambda: count_of("descriptors") > before, "the listener out of descriptors", 10)
            for one in taken:
                os.close(one)
            return connected.recv(1000).partition(b"\r\n")[0]

    try:
        assert listening.to(client) == b"HTTP/1.1 200 "
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.mark.parametrize(("proxies", "open_of_ten"), [((), 10), (("10.0.0.0/8",), 4), (("127.0.0.1",), 10)])
def test_one_peer_has_a_limit_where_the_proxies_are_named(
    listening, monkeypatch, proxies, open_of_ten
) -> None:
    monkeypatch.setattr(connections, "connections_max", lambda: 16)
    listening.trusted_proxies = proxies

    def client(port):
        with ExitStack() as opened:
            found = 0
            for _ in range(10):
                one = opened.enter_context(Connection(port))
                one.send(HEALTH)
                with suppress(ConnectionError, Exception):
                    found += one.answer().status == 200
            return found

    assert listening.to(client) == open_of_ten


def test_a_limit_that_bites_again_and_again_is_one_line_in_the_log() -> None:
    now = [0.0]
    bites = Bites(lambda: now[0])
    with capture_logs() as logged:
        for _ in range(100):
            bites.count("connections")
        now[0] += limits.SAID_EVERY_SECONDS
        bites.say()
        bites.say()
    assert [(one["reason"], one["times"]) for one in logged] == [("connections", 1), ("connections", 99)]


@pytest.mark.parametrize(
    ("descriptors", "most"), [(256, 192), (1024, 768), (64, 16), (1_000_000, 10_000), (-1, 10_000)]
)
def test_the_stores_and_the_bots_keep_their_descriptors(monkeypatch, descriptors, most) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda _: (descriptors, descriptors))
    assert limits.connections_max() == most
