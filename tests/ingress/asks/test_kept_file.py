"""How a file is shown: whole, in part, not again."""

import asyncio
from http.client import HTTPConnection

import pytest
from quart import request
from werkzeug.datastructures import Headers

from mailroom.actors.pages.answer import File
from mailroom.ingress.asks.kept_file import kept_file, wanted
from tests.ingress.http.listening import Listening

CONTENT, DIGEST = b"0123456789", "d" * 32
ETAG = f'"{DIGEST}"'


def shown(headers):
    return kept_file(File(CONTENT, "audio/ogg", inline=True, digest=DIGEST), headers, named=True)


def answer(**asked):
    headers = Headers({name.replace("_", "-"): value for name, value in asked.items()})
    response = shown(headers)
    return response.status_code, asyncio.run(response.get_data()), response.headers.get("Content-Range")


@pytest.mark.parametrize(
    ("asked", "part"),
    [
        ("bytes=0-3", b"0123"),
        ("bytes=4-", b"456789"),
        ("bytes=-3", b"789"),
        ("bytes=-300", b"0123456789"),
        ("bytes=9-9", b"9"),
        ("bytes=8-300", b"89"),
    ],
)
def test_a_part_is_what_was_asked_for_as_far_as_it_is_there(asked, part):
    first = CONTENT.index(part)
    assert answer(Range=asked) == (206, part, f"bytes {first}-{first + len(part) - 1}/10")


@pytest.mark.parametrize("asked", ["bytes=10-", "bytes=10-20", "bytes=-0"])
def test_a_part_that_is_not_there_is_refused_with_what_there_is(asked):
    assert answer(Range=asked) == (416, b"", "bytes */10")


@pytest.mark.parametrize(
    "asked", ["bytes=0-1,4-5", "pages=1-2", "bytes=3-1", "bytes=", "bytes=-", "bytes=a-b", "", "0-3"]
)
def test_what_is_no_single_part_is_answered_with_the_whole(asked):
    assert answer(Range=asked) == (200, CONTENT, None)


def test_a_part_of_another_content_is_not_added_to_what_one_has():
    assert answer(Range="bytes=0-3", If_Range=ETAG)[0] == 206
    assert answer(Range="bytes=0-3", If_Range='"another"') == (200, CONTENT, None)


@pytest.mark.parametrize("has", [ETAG, f"W/{ETAG}", f'"other", {ETAG}', "*"])
def test_whoever_has_it_is_not_sent_it_again(has):
    assert answer(If_None_Match=has, Range="bytes=0-3") == (304, b"", None)
    assert answer(If_None_Match='"other"')[0] == 200


def test_a_file_can_run_nothing_and_is_taken_for_nothing_else():
    headers = shown(Headers()).headers
    assert headers["Content-Security-Policy"] == "sandbox"
    assert (headers["X-Content-Type-Options"], headers["Content-Type"]) == ("nosniff", "audio/ogg")


def test_a_long_file_is_cut_without_being_counted():
    assert wanted("bytes=5-", 10**12) == range(5, 10**12)


def test_a_head_says_how_long_it_is_and_a_part_follows_on_the_same_connection():
    listening = Listening()

    @listening.app.get("/file")
    async def file():
        return shown(request.headers)

    def client(port):
        connection = HTTPConnection("127.0.0.1", port, timeout=10)
        answers = []
        for method, headers in (
            ("HEAD", {}),
            ("GET", {"Range": "bytes=-2"}),
            ("GET", {"If-None-Match": ETAG}),
        ):
            connection.request(method, "/file", headers=headers)
            answer = connection.getresponse()
            answers.append((answer.status, answer.getheader("Content-Length"), answer.read()))
        connection.close()
        return answers

    head, part, has_it = listening.to(client)
    assert (head, part) == ((200, "10", b""), (206, "2", b"89"))
    assert (has_it[0], has_it[2]) == (304, b"")
