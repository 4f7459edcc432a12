"""Whatever is sent to the webhook: an answer that says what was wrong, no traceback, service as before."""

import json

import pytest

from mailroom.storage.redis.entry import NOWHERE
from tests.acceptance.hostile.raw import Connection, Seen, ask, request
from tests.acceptance.hostile.stack import SECRET, Stack, new_chat, numbered, update
from tests.acceptance.shape import APART, usually_in

PATH = "/webhook/telegram/strict"
MEBIBYTE = 1024 * 1024


def good(chat: int, text: str = "hello") -> bytes:
    return json.dumps(update(chat, text)).encode()


def says_why(seen: Seen) -> bool:
    """A refusal is one sentence for whoever is at fault, and shows nothing of the inside."""
    assert b"Traceback" not in seen.body
    assert b".py" not in seen.body
    return json.loads(seen.body)["ok"] is False and bool(json.loads(seen.body)["error"])


pytestmark = usually_in(APART)


@pytest.fixture
def port(stack: Stack) -> int:
    return stack.service.port


@pytest.mark.parametrize("secret", [None, "", "wrong", SECRET + "x", SECRET[:-1], "секрет"])
def test_a_wrong_secret_is_refused_and_its_message_not_taken(
    stack: Stack, port: int, secret: str | None
) -> None:
    chat = new_chat()
    seen = ask(port, request(PATH, good(chat), secret=secret))
    assert (seen.status, says_why(seen)) == (401, True)
    assert stack.post(chat, "mine")[0][0] == 200
    assert stack.wait_for_replies(chat, 1) == numbered(["mine"])


NOT_JSON = [
    b"",
    b"{",
    b"hello",
    b"\xff\xfe\x00",
    b'{"update_id": 1, "message": {}',
    b"[" * 100_000,
    b"\x00" * 1000,
]
NOT_AN_UPDATE = [
    b"null",
    b"1",
    b'"text"',
    b"[]",
    b"{}",
    b'{"foo": 1}',
    b'{"message": {"chat": {"id": 1}}}',
    b'{"update_id": "1", "message": {"chat": {"id": 1}}}',
    b'{"update_id": 1.5, "message": {"chat": {"id": 1}}}',
    b'{"update_id": true, "message": {"chat": {"id": 1}}}',
    b'{"update_id": null, "message": {"chat": {"id": 1}}}',
    b'[{"update_id": 1, "message": {"chat": {"id": 1}}}]',
]


@pytest.mark.parametrize("body", NOT_JSON + NOT_AN_UPDATE, ids=lambda body: repr(body[:40]))
def test_what_is_not_an_update_is_refused(port: int, body: bytes) -> None:
    seen = ask(port, request(PATH, body, secret=SECRET))
    assert (seen.status, says_why(seen)) == (400, True)


def test_an_update_that_the_bot_cannot_read_does_not_hold_up_its_chat(stack: Stack, port: int) -> None:
    chat = new_chat()
    strange = update(chat, "strange")
    del strange["message"]["date"]  # its place in line can be read, the rest is no Message
    answer = ask(port, request(PATH, json.dumps(strange).encode(), secret=SECRET))
    assert answer.status in (200, 400)
    assert stack.post(chat, "fine")[0][0] == 200
    assert stack.wait_for_replies(chat, 2 if answer.status == 200 else 1)[-1] == "1 fine"
    assert len(stack.dead_letters(chat)) == (answer.status == 200)


UNREADABLE = [
    rb'{"update_id": %d, "message": {"text": "\ud83d", "chat": {"id": %d}}}',
    b'{"update_id": %d, "message": {"x": ' + b"[" * 10_000 + b"]" * 10_000 + b', "chat": {"id": %d}}}',
    b'{"update_id": %d, "message": {"text": "\xff", "chat": {"id": %d}}}',
    b'{"update_id": %d, "message": {"x": ' + b"9" * 5_000 + b', "chat": {"id": %d}}}',
]
WRONG_INSIDE = [
    b'{"update_id": %d}',
    b'{"update_id": %d, "message": null}',
    b'{"update_id": %d, "message": "text"}',
    b'{"update_id": %d, "message": {}}',
    b'{"update_id": %d, "message": {"chat": 5}}',
    b'{"update_id": %d, "message": {"chat": {"id": "5"}}}',
    b'{"update_id": %d, "callback_query": {"data": "x"}}',
]


@pytest.mark.parametrize("body", UNREADABLE + WRONG_INSIDE, ids=lambda body: repr(body[:60]))
def test_an_update_that_nobody_can_read_is_a_dead_letter_and_telegram_need_not_send_it_again(
    stack: Stack, port: int, body: bytes
) -> None:
    chat = new_chat()
    number = update(chat, "")["update_id"]
    address = chat if body in UNREADABLE else int(NOWHERE)
    sent = body % ((number, chat) if body in UNREADABLE else number)
    before = len(stack.dead_letters(address))
    for _ in range(3):
        assert ask(port, request(PATH, sent, secret=SECRET)).status == 200
    letters = stack.dead_letters(address)
    assert len(letters) == before + 1
    assert number in [letter["order"] for letter in letters]
    assert stack.post(chat, "fine")[0][0] == 200
    assert stack.wait_for_replies(chat, 1) == ["1 fine"]


@pytest.mark.parametrize("later", [{"chat": {"id": 1}}, 5, None, "x"], ids=str)
def test_what_a_later_version_adds_does_not_hide_a_message(stack: Stack, port: int, later: object) -> None:
    chat = new_chat()
    body = json.dumps({"later": later, **update(chat, "hello")}).encode()
    assert ask(port, request(PATH, body, secret=SECRET)).status == 200
    assert stack.wait_for_replies(chat, 1) == numbered(["hello"])


def test_an_update_of_a_kind_not_known_yet_is_taken_or_telegram_would_send_it_for_ever(port: int) -> None:
    assert ask(port, request(PATH, b'{"update_id": 1, "telepathy": {}}', secret=SECRET)).status == 200


class TestTwoMebibytes:
    """The answer is to be read although most of the body is still on its way."""

    BODY = json.dumps({"update_id": 1, "message": {"chat": {"id": 1}, "text": "x" * 2 * MEBIBYTE}}).encode()

    def test_with_a_length(self, port: int) -> None:
        seen = ask(port, request(PATH, self.BODY, secret=SECRET))
        assert (seen.status, says_why(seen)) == (413, True)

    def test_in_chunks(self, port: int) -> None:
        head = request(PATH, secret=SECRET).replace(b"Content-Length: 0", b"Transfer-Encoding: chunked")
        chunks = b"".join(b"8000\r\n" + self.BODY[:0x8000] + b"\r\n" for _ in range(64)) + b"0\r\n\r\n"
        seen = ask(port, head + chunks)
        assert (seen.status, says_why(seen)) == (413, True)

    def test_with_a_head_that_is_dribbled(self, port: int) -> None:
        data = request(PATH, self.BODY, secret=SECRET)
        with Connection(port) as connection:
            connection.send(data[:5], data[5:40], data[40:], pause_seconds=0.02)
            assert connection.answer().status == 413

    def test_a_client_that_asks_before_it_sends_need_not_send(self, port: int) -> None:
        head = request(PATH, self.BODY, secret=SECRET, headers=["Expect: 100-continue"])[: -len(self.BODY)]
        seen = ask(port, head)
        assert seen.status == 413

    def test_by_a_stranger_is_not_even_weighed(self, port: int) -> None:
        assert ask(port, request(PATH, self.BODY, secret="wrong")).status in (401, 413)


def test_an_update_just_within_the_limit_is_taken(stack: Stack, port: int) -> None:
    chat = new_chat()
    body = update(chat, "big")
    body["message"]["caption"] = "я" * (MEBIBYTE // 2 - 400)
    data = json.dumps(body, ensure_ascii=False).encode()
    assert MEBIBYTE - 1000 < len(data) <= MEBIBYTE
    assert ask(port, request(PATH, data, secret=SECRET)).status == 200
    assert stack.wait_for_replies(chat, 1) == ["1 big"]


@pytest.mark.parametrize("bot", ["nobody", "", "strict/", "strict/x", "../strict", "Strict", "%73trict%00"])
def test_a_bot_nobody_knows_is_not_found(port: int, bot: str) -> None:
    seen = ask(port, request(f"/webhook/telegram/{bot}", good(1), secret=SECRET))
    assert seen.status == 404
    assert b"Traceback" not in seen.body


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
def test_only_post_is_for_updates(port: int, method: str) -> None:
    seen = ask(port, request(PATH, good(1), method=method, secret=SECRET))
    assert (seen.status, says_why(seen)) == (405, True)
    assert seen.headers["allow"] == "POST"


def test_bytes_that_come_one_by_one_make_the_same_message(stack: Stack, port: int) -> None:
    chat = new_chat()
    for text, sizes in (("a", 1), ("b", 7), ("c", 60)):
        data = request(PATH, good(chat, text), secret=SECRET)
        with Connection(port) as connection:
            connection.send(
                *(data[at : at + sizes] for at in range(0, len(data), sizes)), pause_seconds=0.0003
            )
            assert connection.answer().status == 200
    assert stack.wait_for_replies(chat, 3) == numbered("abc")


def test_requests_sent_all_at_once_are_answered_in_their_order(stack: Stack, port: int) -> None:
    chat, count = new_chat(), 30
    texts = [f"message {number}" for number in range(count)]
    bodies = [good(chat, text) for text in texts]
    bodies[10] = b"no json"
    requests = [request(PATH, body, secret=SECRET) for body in bodies]
    requests[20] = request(PATH, bodies[20], secret="wrong")
    with Connection(port) as connection:
        connection.send(b"".join(requests))
        statuses = [connection.answer().status for _ in requests]
    assert statuses == [200] * 10 + [400] + [200] * 9 + [401] + [200] * 9
    taken = [text for text, status in zip(texts, statuses, strict=True) if status == 200]
    assert stack.wait_for_replies(chat, len(taken)) == numbered(taken)


def test_other_requests_may_follow_a_webhook_on_its_connection(port: int) -> None:
    webhook, health = request(PATH, good(new_chat()), secret=SECRET), request("/healthz", method="GET")
    with Connection(port) as connection:
        for part, status in ((webhook, 200), (health, 200), (webhook, 200), (health, 200)):
            connection.send(part)
            assert connection.answer().status == status


def test_a_long_body_and_then_a_head_in_two_pieces_are_two_good_requests(port: int) -> None:
    long = update(new_chat(), "long")
    long["message"]["caption"] = "x" * 200_000
    first = request(PATH, json.dumps(long).encode(), secret=SECRET)
    second = request(PATH, good(new_chat()), secret=SECRET)
    with Connection(port) as connection:
        connection.send(first)
        assert connection.answer().status == 200
        connection.send(second[:60], second[60:], pause_seconds=0.05)
        assert connection.answer().status == 200


def test_a_client_that_offers_http_2_is_served_in_http_1(stack: Stack, port: int) -> None:
    """As Java's HTTP client does with every plain request."""
    chat = new_chat()
    headers = [
        "Connection: Upgrade, HTTP2-Settings",
        "Upgrade: h2c",
        "HTTP2-Settings: AAEAAEAAAAIAAAABAAMAAABk",
    ]
    seen = ask(port, request(PATH, good(chat), secret=SECRET, headers=headers))
    assert seen.status == 200
    assert stack.wait_for_replies(chat, 1) == numbered(["hello"])


@pytest.mark.parametrize("beginning", [f"POST {PATH} HTTP/1.1\r\n", "GET / HTTP/1.1\r\n", f"POST {PATH}"])
def test_a_head_without_an_end_is_refused(port: int, beginning: str) -> None:
    with Connection(port) as connection:
        connection.send(beginning.encode())
        for _ in range(100):
            connection.send(b"X-Endless: " + b"x" * 1024 + b"\r\n" if "HTTP" in beginning else b"x" * 1024)
        assert connection.answer().status in (400, 414, 431)
        assert connection.ended()


GARBAGE = [
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(200),  # TLS on a plain port
    b"hello\r\n\r\n",
    f"POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n".encode(),
    f"POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n".encode(),
    f"POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: {'9' * 40}\r\n\r\n".encode(),
    f"POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: \r\n\r\n".encode(),
    f"POST {PATH} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nnot-hex\r\n".encode(),
    f"POST {PATH} HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n".encode(),
    f"POST {PATH} HTTP/9.9\r\nHost: x\r\n\r\n".encode(),
    f"POST {PATH} HTTP/1.1\r\nbad header\r\n\r\n".encode(),
    f"POST {PATH} HTTP/1.1\r\nHost: x\r\nX-\x00: y\r\n\r\n".encode(),
]


@pytest.mark.parametrize("data", GARBAGE, ids=lambda data: repr(data[24:70]))
def test_what_is_no_http_is_refused(port: int, data: bytes) -> None:
    with Connection(port) as connection:
        connection.send(data)
        seen = connection.answer()
        assert 400 <= seen.status < 500 or seen.status == 505
        assert b"Traceback" not in seen.body
        assert connection.ended()


def test_a_client_that_hangs_up_in_the_middle_harms_nobody(stack: Stack, port: int) -> None:
    chat = new_chat()
    data = request(PATH, good(chat, "cut off"), secret=SECRET)
    for length in range(1, len(data) - 1, 25):
        with Connection(port) as connection:
            connection.send(data[:length])
    assert stack.post(chat, "whole")[0][0] == 200
    assert stack.wait_for_replies(chat, 1) == ["1 whole"], "half a request is no message"


def test_nothing_of_all_this_was_an_accident_to_the_service(stack: Stack, port: int) -> None:
    """Runs last in this file: refusals are answers, not errors."""
    assert ask(port, request("/readyz", method="GET")).status == 200
    said = stack.service.said()
    for line in said.splitlines():
        assert '"level":"critical"' not in line
        assert "Task exception was never retrieved" not in line
        assert "Unhandled" not in line
