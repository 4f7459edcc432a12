"""Requests as nobody should send them, and the listener that goes on."""

import json
from contextlib import suppress

import pytest

from mailroom.ingress.http import body, http1
from mailroom.ingress.http.head import HEAD_BYTES_MAX, HEADERS_MAX
from tests.acceptance.hostile.raw import Connection, ask, chunked, request
from tests.ingress.http.listening import PATH, SECRET, Listening

UPDATE = json.dumps({"update_id": 1, "message": {"text": "hello"}}).encode()
HEALTH = request("/healthz", method="GET")


@pytest.fixture
def listening() -> Listening:
    return Listening()


def webhook(content: bytes = UPDATE, *headers: str, secret: str = SECRET, path: str = PATH) -> bytes:
    return request(path, content, secret=secret, headers=headers)


class TestSixMegabytesInOneByteChunks:
    """They stopped the service for half a minute, without a secret."""

    @pytest.mark.parametrize(
        ("path", "secret", "status"), [(PATH, "wrong", 401), ("/webhook/telegram/nobody", SECRET, 404)]
    )
    @pytest.mark.parametrize("framing", ["Transfer-Encoding: chunked", "Content-Length: 1000000"])
    def test_a_stranger_is_refused_before_a_byte_of_the_body(
        self, listening, path, secret, status, framing
    ) -> None:
        head = webhook(b"", secret=secret, path=path).replace(b"Content-Length: 0", framing.encode())

        def client(port):
            with Connection(port) as connection:
                connection.send(head)
                seen = connection.answer()
                return seen.status, seen.headers.get("connection"), connection.ended()

        assert listening.to(client) == (status, "close", True)

    def test_what_a_stranger_goes_on_sending_is_received_within_limits(self, listening) -> None:
        head = chunked(webhook(b"", secret="wrong"))

        def client(port):
            with Connection(port) as connection:
                connection.send(head)
                status = connection.answer().status
                with suppress(OSError):
                    for _ in range(20):
                        connection.socket.sendall(b"1\r\nx\r\n" * 200_000)
                    return "all of it was received"
                return status

        assert listening.to(client) == 401

    def test_a_stranger_who_asks_again_and_again_has_to_connect_again(self, listening) -> None:
        data = webhook(secret="wrong") * (2 * http1.REFUSALS_MAX)

        def client(port):
            with Connection(port) as connection:
                connection.send(data)
                seen = [connection.answer() for _ in range(http1.REFUSALS_MAX)]
                return {one.status for one in seen}, seen[-1].headers.get("connection"), connection.ended()

        assert listening.to(client) == ({401}, "close", True)

    def test_one_who_knows_the_secret_is_not_served_forever_either(self, listening) -> None:
        data = chunked(webhook(b"")) + b"1\r\nx\r\n" * 100_000
        assert listening.to(lambda port: ask(port, data).status) == 413

    def test_neither_is_a_stranger_at_another_address(self, listening) -> None:
        data = chunked(request("/ops/nothing")) + b"1\r\nx\r\n" * 100_000
        assert listening.to(lambda port: ask(port, data).status) in (404, 413)

    def test_a_body_in_honest_chunks_is_taken(self, listening) -> None:
        pieces = b"".join(b"1\r\n%c\r\n" % one for one in UPDATE)
        data = chunked(webhook(b"")) + pieces + b"0\r\nX-Checksum: 5\r\n\r\n" + HEALTH

        def client(port):
            with Connection(port) as connection:
                connection.send(data)
                return connection.answer().status, connection.answer().body

        assert listening.to(client) == (200, b'{"status":"ok"}\n')
        assert listening.taken.bodies == [UPDATE]


class TestWhatHasNoEnd:
    def test_a_secret_in_a_trailer_is_none(self, listening) -> None:
        head = chunked(request(PATH))
        data = head + b"%x\r\n%b\r\n0\r\n" % (len(UPDATE), UPDATE)
        data += f"X-Telegram-Bot-Api-Secret-Token: {SECRET}\r\n\r\n".encode()
        assert listening.to(lambda port: ask(port, data).status) == 401
        assert listening.taken.bodies == []

    @pytest.mark.parametrize("path", [PATH, "/healthz"])
    def test_trailers_are_not_read_for_ever(self, listening, path) -> None:
        head = chunked(request(path, secret=SECRET, method="POST" if path == PATH else "PUT"))
        data = head + b"0\r\n" + b"X-More: and more\r\n" * (body.TRAILER_BYTES_MAX // 10)
        assert listening.to(lambda port: ask(port, data).status) in (405, 431)

    @pytest.mark.parametrize("path", [PATH, "/healthz"])
    def test_a_head_too_large_is_refused_though_it_comes_in_one_packet(self, listening, path) -> None:
        data = request(path, UPDATE, secret=SECRET, headers=["X-Long: " + "x" * (HEAD_BYTES_MAX + 1)])
        assert listening.to(lambda port: ask(port, data).status) == 431
        assert listening.taken.bodies == []

    @pytest.mark.parametrize("path", [PATH, "/healthz"])
    def test_a_head_has_only_so_many_headers(self, listening, path) -> None:
        data = request(path, UPDATE, secret=SECRET, headers=[f"X-{n}: y" for n in range(HEADERS_MAX + 1)])
        assert listening.to(lambda port: ask(port, data).status) == 431

    @pytest.mark.parametrize(
        "beginning",
        [
            webhook()[:40],
            HEALTH[:10],
            webhook()[:-5],
            request("/ops/nothing", b"12345")[:-3],
            chunked(webhook(b"")) + b"5\r\nabc",
        ],
        ids=["webhook's head", "another's head", "webhook's body", "another's body", "webhook's chunks"],
    )
    def test_a_request_that_is_never_finished_is_given_up(self, listening, monkeypatch, beginning) -> None:
        monkeypatch.setattr(http1, "HEAD_SECONDS_MAX", 0.1)
        monkeypatch.setattr(http1, "BODY_SECONDS_MAX", 0.1)

        def client(port):
            with Connection(port) as connection:
                connection.send(beginning)
                return connection.answer().status, connection.ended()

        # An address that is not there says so without waiting for what is brought to it.
        assert listening.to(client) in ((408, True), (404, True))


class TestWhereOneRequestEnds:
    @pytest.mark.parametrize("order", ["webhook first", "webhook last"])
    def test_a_request_in_the_packet_of_a_webhook_is_one_of_its_own(self, listening, order) -> None:
        both = [webhook(), HEALTH] if order == "webhook first" else [HEALTH, webhook()]

        def client(port):
            with Connection(port) as connection:
                connection.send(b"".join([*both, *both]))
                return [connection.answer() for _ in range(4)]

        seen = listening.to(client)
        assert [one.status for one in seen] == [200] * 4
        assert sorted(one.body for one in seen) == [b"", b"", b'{"status":"ok"}\n', b'{"status":"ok"}\n']
        assert listening.taken.bodies == [UPDATE, UPDATE]

    def test_a_query_may_come_in_pieces(self, listening) -> None:
        data = webhook(path=f"{PATH}?from=telegram&x=y")

        def client(port):
            statuses = []
            for cut in range(len(PATH), len(PATH) + 25, 3):
                with Connection(port) as connection:
                    connection.send(data[:cut], data[cut:], pause_seconds=0.01)
                    statuses.append(connection.answer().status)
            return set(statuses)

        assert listening.to(client) == {200}

    def test_two_requests_cut_anywhere_are_two_requests(self, listening) -> None:
        both = webhook(b"{}") + HEALTH

        def client(port):
            with Connection(port) as connection:
                for cut in range(1, len(both)):
                    connection.send(both[:cut], both[cut:])
                    yield_one = [connection.answer().status, connection.answer().status]
                    assert yield_one == [200, 200], cut

        listening.to(client)

    @pytest.mark.parametrize("path", [PATH, "/healthz"])
    @pytest.mark.parametrize(
        "lines",
        [
            b"Content-Length: 5\r\nTransfer-Encoding: chunked",
            b"Transfer-Encoding: chunked\r\nContent-Length: 5",
            b"Content-Length: 5\r\nContent-Length: 5",
            b"Content-Length: 5, 5",
            b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
            b"Transfer-Encoding: gzip, chunked",
            b"Transfer-Encoding: identity",
            b"Transfer-Encoding : chunked",
            b"Content-Length: 0\r\nX-Folded: a\r\n b",
            b"Content-Length: 0\r\nX-Bare: a\nX-Injected: b",
            b"Content-Length: 0\r\nX-Bare: a\rX-Injected: b",
            b"Content-Length: 0\r\nX-Nul: a\x00b",
            b"Content-Length: 0\r\nHost: another",
        ],
    )
    def test_a_head_that_can_be_read_in_two_ways_ends_its_connection(self, listening, path, lines) -> None:
        data = webhook(b"", path=path).replace(b"Content-Length: 0", lines) + b"0\r\n\r\n" + HEALTH

        def client(port):
            with Connection(port) as connection:
                connection.send(data)
                return connection.answer().status, connection.ended()

        status, ended = listening.to(client)
        assert status in (400, 501)
        assert ended, "what follows may be half of it, and nobody's request"

    @pytest.mark.parametrize(
        "coding", [b"5\r\nhelloX", b"g\r\n", b"-1\r\n", b"5 5\r\n", b"\r\n", b"5\nhello"]
    )
    def test_a_body_in_chunks_that_are_none_ends_its_connection(self, listening, coding) -> None:
        data = chunked(webhook(b"")) + coding + b"\r\n0\r\n\r\n"
        assert listening.to(lambda port: ask(port, data).status) == 400
        assert listening.taken.bodies == []


class TestOffersAndForms:
    def test_a_websocket_is_offered_in_vain(self, listening) -> None:
        offer = ["Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13"]
        data = request(
            "/healthz", method="GET", headers=[*offer, "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="]
        )
        assert listening.to(lambda port: ask(port, data).status) == 200

    @pytest.mark.parametrize("path", [PATH, "/healthz"])
    def test_http_2_is_offered_in_vain(self, listening, path) -> None:
        offer = ["Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAEAAEAAAAIAAAAB"]
        method = "POST" if path == PATH else "GET"
        data = request(path, UPDATE if path == PATH else b"", method=method, secret=SECRET, headers=offer)
        data = data if path == PATH else data.replace(b"Content-Length: 0\r\n", b"")
        assert listening.to(lambda port: ask(port, data).status) == 200

    def test_http_2_without_asking_is_not_spoken(self, listening) -> None:
        def client(port):
            with Connection(port) as connection:
                connection.send(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes(64))
                return connection.answer().status, connection.ended()

        assert listening.to(client) == (505, True)

    @pytest.mark.parametrize("target", ["http://mailroom", "HTTPS://mailroom:8080", "http://me@mailroom"])
    def test_an_address_may_be_written_with_its_host(self, listening, target) -> None:
        data = [webhook(path=target + PATH), request(f"{target}/healthz?x", method="GET")]
        assert [listening.to(lambda port, one=one: ask(port, one).status) for one in data] == [200, 200]

    @pytest.mark.parametrize("path", [PATH, "/healthz"])
    def test_http_1_0_gets_an_answer_and_an_end(self, listening, path) -> None:
        data = request(path, UPDATE if path == PATH else b"", method="POST" if path == PATH else "GET")
        data = data.replace(b"HTTP/1.1", b"HTTP/1.0").replace(b"Host: mailroom", b"Connection: keep-alive")

        def client(port):
            with Connection(port) as connection:
                connection.send(data)
                return connection.answer().status, connection.ended()

        assert listening.to(client) == (401 if path == PATH else 200, True)

    def test_who_asks_before_sending_is_told_to_go_on(self, listening) -> None:
        data = webhook(UPDATE, "Expect: 100-continue")
        head = data[: -len(UPDATE)]

        def client(port):
            with Connection(port) as connection:
                connection.send(head)
                first = connection.socket.recv(100)
                connection.send(UPDATE)
                return first, connection.answer().status

        assert listening.to(client) == (b"HTTP/1.1 100 Continue\r\n\r\n", 200)

    def test_who_asks_before_sending_and_is_a_stranger_need_not_send(self, listening) -> None:
        head = webhook(UPDATE, "Expect: 100-continue", secret="wrong")[: -len(UPDATE)]
        assert listening.to(lambda port: ask(port, head).status) == 401

    def test_no_host_is_not_a_request(self, listening) -> None:
        data = HEALTH.replace(b"Host: mailroom\r\n", b"")
        assert listening.to(lambda port: ask(port, data).status) == 400

    def test_only_an_answer_to_head_has_no_body(self, listening) -> None:
        data = webhook().replace(b"POST", b"HEAD")

        def client(port):
            with Connection(port) as connection:
                connection.send(data + HEALTH)
                return connection.socket.recv(65536)

        said = listening.to(client)
        assert said.startswith(b"HTTP/1.1 405 ")
        assert b'"error"' not in said
