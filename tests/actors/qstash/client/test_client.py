"""Calls to endpoints, over real connections to servers that answer in every way there is."""

import asyncio

import pytest

from mailroom.actors.qstash.client.answer import BODY_BYTES_MAX, CallError
from mailroom.actors.qstash.client.client import IDLE_MAX, Client
from mailroom.actors.qstash.client.connection import DRAINED_BYTES_MAX
from mailroom.actors.uses.addresses import Reach
from tests.actors.qstash.endpoint import OK, open_server

pytestmark = pytest.mark.slow
LOOPBACK = Reach(["127.0.0.0/8"])
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
PATIENCE_SECONDS = 20.0


def play(scenario, *, reach=LOOPBACK, **options):
    async def run():
        async with open_server() as server:
            client = Client(reach, **options)
            try:
                await scenario(server, client)
            finally:
                await client.close()

    asyncio.run(asyncio.wait_for(run(), PATIENCE_SECONDS * 2))


def call(client, url, *, method="POST", headers=(), body=b"", seconds=PATIENCE_SECONDS):
    return client.call(method, url, headers, body, seconds)


def test_a_call_says_what_it_was_told_and_nothing_else():
    async def scenario(server, client):
        body = "Привет \0 👋".encode() + b"\xff"
        answer = await call(client, server.url("/a?b=c"), headers=[("X-Key", "ключ")], body=body)
        assert (answer.status, answer.body, answer.truncated) == (200, b"ok", False)
        assert ("x-one", "a") in answer.headers
        _, head, sent = server.asked[0]
        lines = head.decode().split("\r\n")
        assert lines[:3] == ["POST /a?b=c HTTP/1.1", f"Host: 127.0.0.1:{server.port}", "X-Key: ключ"]
        assert "Accept-Encoding: identity" in lines
        assert sent == body

    play(scenario)


def test_connections_are_used_again_and_one_that_was_closed_meanwhile_is_no_failure():
    async def scenario(server, client):
        for _ in range(3):
            await call(client, server.url())
        assert server.connections == 1
        server.answers = [[OK, None]]
        await call(client, server.url())
        await asyncio.sleep(0)  # the end of the connection is on its way
        assert (await call(client, server.url())).status == 200
        assert server.connections == 2

    play(scenario)


@pytest.mark.parametrize(
    ("answer", "status", "body"),
    [
        (b"HTTP/1.1 204 No Content\r\n\r\n", 204, b""),
        (b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1/\r\nContent-Length: 0\r\n\r\n", 302, b""),
        (b"HTTP/1.1 100 Continue\r\n\r\n" + OK, 200, b"ok"),
        (b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + OK, 200, b"ok"),
        (CHUNKED + b"1\r\no\r\n1\r\nk\r\n0\r\nX-Late: 1\r\n\r\n", 200, b"ok"),
        ([b"HTTP/1.1 200 OK\r\n\r\nto the e", b"nd", None], 200, b"to the end"),
        ([b"H", b"TTP/1.0 500 X\r\nContent-Length: 1\r\n", b"\r\n", b"x"], 500, b"x"),
    ],
    ids=["bodiless", "redirect", "continue", "hints", "chunks", "until_closed", "in_pieces"],
)  # fmt: skip
def test_answers_are_read_however_they_are_written(answer, status, body):
    async def scenario(server, client):
        server.answers = [answer]
        found = await call(client, server.url())
        assert (found.status, found.body) == (status, body)
        assert (await call(client, server.url())).body == b"ok"

    play(scenario)


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ([b"<html>502</html>"], "nonsense"),
        ([b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 300 + b"\r\n"], "nonsense"),
        ([b"HTTP/1.1 200 OK\r\nX: " + b"y" * 70_000, b"y"], "nonsense"),
        ([b"HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n"], "nonsense"),
        ([None], "unreachable"),
        ([b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok", None], "unreachable"),
    ],
    ids=["html", "headers", "long_head", "upgrade", "closed", "cut"],
)
def test_what_is_no_answer_is_told_apart(answer, why):
    async def scenario(server, client):
        server.answers = [answer]
        with pytest.raises(CallError) as failed:
            await call(client, server.url())
        assert failed.value.why == why
        assert (await call(client, server.url())).status == 200

    play(scenario)


def test_an_answer_that_does_not_come_to_its_end_is_late_and_its_connection_is_closed():
    async def scenario(server, client):
        async def drip(reader, writer):
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
            gone.set_result(await reader.read())
            writer.close()

        gone = asyncio.get_running_loop().create_future()
        listening = await asyncio.start_server(drip, "127.0.0.1", 0)
        port = listening.sockets[0].getsockname()[1]
        with pytest.raises(CallError, match=r"no answer within 0\.05 s") as failed:
            await call(client, f"http://127.0.0.1:{port}/", seconds=0.05)
        assert failed.value.why == "timeout"
        await asyncio.wait_for(asyncio.shield(gone), PATIENCE_SECONDS)
        listening.close()

    play(scenario)


def test_of_a_long_answer_a_part_is_kept_and_an_endless_one_is_cut_off():
    async def scenario(server, client):
        size = BODY_BYTES_MAX + 1
        server.answers = [b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % size + b"x" * size]
        answer = await call(client, server.url())
        assert (len(answer.body), answer.truncated) == (BODY_BYTES_MAX, True)
        assert (await call(client, server.url())).status == 200
        assert server.connections == 1
        pieces = [b"x" * 65_536] * (DRAINED_BYTES_MAX // 65_536 + 4)
        server.answers = [[b"HTTP/1.1 500 X\r\n\r\n", *pieces]]
        answer = await call(client, server.url())
        assert (answer.status, len(answer.body), answer.truncated) == (500, BODY_BYTES_MAX, True)

    play(scenario)


def test_bytes_that_nobody_asked_for_are_nobodys_answer():
    async def scenario(server, client):
        server.answers = [OK + b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfalse"]
        assert (await call(client, server.url())).body == b"ok"
        assert (await call(client, server.url())).body == b"ok"
        assert server.connections == 2

    play(scenario)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "127.1",
        "2130706433",
        "0x7f.1",
        "[::ffff:127.0.0.1]",
        "[::1]",
        "169.254.169.254",
    ],
)
def test_nothing_inside_is_called(host):
    async def scenario(server, client):
        with pytest.raises(CallError) as failed:
            await call(client, server.url(host=host))
        assert failed.value.why == "private"
        assert server.connections == 0

    play(scenario, reach=Reach())


def test_a_host_that_another_stands_in_for_is_still_called_by_its_name():
    async def scenario(server, client):
        mapped = Client(Reach(), {"mock.example": server.url().rstrip("/")})
        answer = await call(mapped, "https://mock.example/200?sleep=1")
        assert answer.status == 200
        head = server.asked[0][1].decode()
        assert head.startswith("POST /200?sleep=1 HTTP/1.1\r\nHost: mock.example\r\n")
        await mapped.close()

    play(scenario)


def test_who_is_not_there_or_has_no_name_is_unreachable():
    async def scenario(server, client):
        for url in ("http://127.0.0.1:9/", "http://no-such-name.invalid/"):
            with pytest.raises(CallError) as failed:
                await call(client, url)
            assert failed.value.why == "unreachable"

    play(scenario)


def test_a_server_without_tls_is_told_from_one_that_is_not_there():
    async def scenario(server, client):
        async def plain(reader, writer):
            writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            writer.close()

        listening = await asyncio.start_server(plain, "127.0.0.1", 0)
        port = listening.sockets[0].getsockname()[1]
        with pytest.raises(CallError, match="TLS failed") as failed:
            await call(client, f"https://127.0.0.1:{port}/")
        assert failed.value.why == "insecure"
        listening.close()

    play(scenario)


def test_no_more_connections_are_kept_than_the_limit():
    async def scenario(server, client):
        await asyncio.gather(*(call(client, server.url()) for _ in range(IDLE_MAX + 20)))
        assert len(client._idle) <= IDLE_MAX
        assert sum(map(len, client._by_place.values())) == len(client._idle)

    play(scenario)
