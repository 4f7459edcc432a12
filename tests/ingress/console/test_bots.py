"""`/ops/bots/BOT`: what is asked of any bot's section, as its table says, and in the form of `/ops`."""

from functools import partial

import pytest

from mailroom.actors.pages.answer import Problem
from mailroom.actors.pages.visit import COMMAND
from tests.ingress.conftest import BEARER
from tests.ingress.console.jar_section import (  # noqa: F401 - fixtures
    files_fixture,
    jars_fixture,
    served_fixture,
)

WHY = {"why": "it is full"}
SCRIPT = {"Sec-Fetch-Mode": "cors"}


def test_the_bots_with_sections_are_listed_with_what_can_be_asked_of_them(served) -> None:
    async def test(here):
        mine, theirs = (await here.ask("GET", "/ops/bots")).json
        assert (mine["bot"], theirs["bot"], mine["title"]) == ("mine", "theirs", "Jars")
        asks = {(one["method"], one["path"]): one["says"] for one in mine["asks"]}
        assert asks["GET", "/ops/bots/mine/jars/{jar}"] == "One jar."
        assert (await here.ask("GET", "/ops/bots/mine")).json == mine
        told = {(one["method"], one["path"]): one["for"] for one in (await here.ask("GET", "/ops/")).json}
        empty, note = "/ops/bots/theirs/jars/{jar}/empty", "/ops/bots/mine/jars/{jar}/note"
        assert told["POST", empty] == "Empty a jar. Body: why, to?, sure?, key?."
        assert told["GET", "/ops/bots/mine/jars"] == "All jars. ?color=any &most=20"
        assert told["PUT", note] == "The body is a file: ?why= &name=note &key="
        fields = {one["name"]: one["fields"] for one in mine["asks"]}
        assert fields["post-jars-jar-break"] == ["why", "key"]

    served(test)


def test_path_query_and_body_are_one_model(served, jars) -> None:
    async def test(here):
        assert (await here.ask("GET", "jars?color=red&most=3")).json == {"color": "red", "most": 3}
        assert (await here.ask("GET", "jars/17")).json == {"jar": 17}
        told = await here.ask("POST", "jars/17/empty", {**WHY, "sure": True})
        assert told.json == {"says": "Jar 17 is emptied."}
        told = await here.ask(
            "PUT", "jars/17/note?why=w&name=n", data=b"abc", headers={"Content-Type": "text/plain"}
        )
        assert told.json == {"says": "n: 3 bytes."}
        assert [asked.model_dump() for _, _, asked in jars.asked[1:]] == [
            {"jar": 17, "to": "bank", "sure": True},
            {"jar": 17, "name": "n", "file": b"abc"},
        ]

    served(test)


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "words"),
    [
        ("GET", "jars?most=many", None, 400, "most: must be a whole number"),
        ("GET", "jars?colour=red", None, 400, "colour: is not known here; there are color, most"),
        ("GET", "jars?why=w", None, 400, "why: is not known here"),
        ("POST", "jars/17/empty", {"sure": True}, 400, "why: is missing"),
        ("POST", "jars/17/empty", {"why": " "}, 400, "why: must say in a few words why"),
        ("POST", "jars/17/empty", {**WHY, "sure": "yes"}, 400, "sure: must be true or false"),
        ("POST", "jars/17/empty", {**WHY, "jar": 17}, 400, "jar: stands in the address"),
        ("POST", "jars/17/empty", {**WHY, "key": "a b"}, 400, "key: must be written as the pattern"),
        ("POST", "jars/17/empty", [1], 400, "the body must be an object"),
        ("POST", "jars/17/break", WHY, 400, "key: is missing"),
        ("GET", "jars/0", None, 404, "There is no /ops/bots/mine/jars/0"),
        ("GET", "jars/seventeen", None, 404, "There is no /ops/bots/mine/jars/seventeen"),
        ("GET", "lids", None, 404, "There is no /ops/bots/mine/lids: GET /ops/bots lists what there is."),
        ("GET", "jars/7", None, 404, "There is no jar 7."),
        ("GET", "/ops/bots/nobodys/jars", None, 404, "is called 'nobodys'. There is: mine, theirs."),
        ("DELETE", "jars/17", None, 405, "/ops/bots/mine/jars/17 does not take DELETE."),
    ],
)
def test_what_cannot_be_asked_is_told_in_a_sentence(served, method, path, body, status, words) -> None:
    async def test(here):
        answer = await here.ask(method, path, body)
        assert (answer.status, words in answer.json["error"]) == (status, True), answer.json

    served(test)


def test_another_method_is_told_which_there_are(served) -> None:
    async def test(here):
        answer = await here.ask("DELETE", "jars/17")
        assert answer.headers["Allow"] == "GET"

    served(test)


def test_what_is_in_the_way_is_told_with_what_the_room_says_of_it(served) -> None:
    async def test(here):
        answer = await here.ask("POST", "jars/8/empty", WHY)
        assert answer.status == 409
        assert answer.json == {"error": "Jar 8 is empty already.", "code": "empty", "since": "monday"}

    served(test)


def test_the_room_is_told_who_acts_why_and_with_which_key(served, jars) -> None:
    async def test(here):
        anna = {"X-Operator": "Anna"}
        told = await here.ask("POST", "/ops/bots/theirs/jars/1/break", {**WHY, "key": "k-1"}, headers=anna)
        assert told.status == 200, told.json
        ((bot, visit, _),) = jars.asked
        acts = (bot, visit.bot, visit.interface, visit.who)
        assert acts == ("theirs", "theirs", "console", "Anna (console)")
        assert (visit.why, visit.key, visit.person) == ("it is full", "k-1", None)
        await here.ask("POST", "/ops/bots/theirs/jars/1/break", {**WHY, "key": "k-1"}, headers=anna)
        by_command = {**anna, "User-Agent": COMMAND}
        await here.ask("POST", "/ops/bots/theirs/jars/1/break", {**WHY, "key": "k-1"}, headers=by_command)
        assert jars.asked[2][1].who == "Anna (command)"
        assert jars.asked[1][1].effect("break") == visit.effect("break")

    served(test)


def test_a_file_is_served_so_that_nothing_in_it_runs(served) -> None:
    async def test(here):
        answer = await here.ask("GET", "jars/1/picture")
        assert answer.headers["Content-Security-Policy"] == "sandbox"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        part = await here.ask("GET", "jars/1/picture", headers={"Range": "bytes=0-6"})
        assert (part.status, part.content) == (206, b"<script")

    served(test)


def test_a_script_is_told_where_to_go_and_a_browser_sent_there(served) -> None:
    async def test(here):
        assert (await here.ask("GET", "jars/1/pay", headers=SCRIPT)).json == {"go": "https://pay.example/1"}
        sent = await here.ask("GET", "jars/1/pay", headers={"Sec-Fetch-Mode": "navigate"})
        assert (sent.status, sent.headers["Location"]) == (303, "https://pay.example/1")

    served(test)


@pytest.mark.parametrize(
    ("shown", "event"),
    [
        ({"minor": 5}, b'event: news\ndata: {"minor":5}'),
        (Problem("x", says="Broken."), b'{"error":"Broken."'),
    ],
)
def test_what_is_live_is_streamed(served, jars, shown, event) -> None:
    jars.shown = shown

    async def test(here):
        headers = {**BEARER, "Accept": "text/event-stream"}
        async with here.client.request("/ops/bots/mine/jars/live", headers=headers) as stream:
            await stream.send_complete()
            assert event in await stream.receive()
            await stream.disconnect()
            await stream._client_send.aclose()  # the test client's own, which nothing else closes

    served(test)


def test_what_is_live_is_looked_at_once_by_whoever_asks_for_no_stream(served) -> None:
    async def test(here):
        assert (await here.ask("GET", "jars/live")).json == {"minor": 5}

    served(test)


def test_while_something_is_held_after_a_restore_nothing_is_done_and_all_is_seen(served, jars) -> None:
    async def test(here):
        answer = await here.ask("POST", "jars/1/empty", WHY)
        assert (answer.status, "held after a restore" in answer.json["error"]) == (503, True)
        assert int(answer.headers["Retry-After"]) > 0
        assert jars.asked == []
        assert (await here.ask("GET", "jars/1")).status == 200

    served(test, held=True)


def test_a_file_may_be_as_long_as_its_ask_says_and_a_text_longer_than_on_a_page(served) -> None:
    async def test(here):
        plain = {"Content-Type": "text/plain"}
        too_long = await here.ask("PUT", "jars/1/note?why=w", data=b"x" * 101, headers=plain)
        assert (too_long.status, too_long.json["error"]) == (413, "the body is larger than 100 bytes")
        image = await here.ask("PUT", "jars/1/note?why=w", data=b"x", headers={"Content-Type": "image/png"})
        assert (image.status, "must be text/*" in image.json["error"]) == (415, True)
        assert (await here.ask("POST", "jars/1/empty", {**WHY, "to": "я" * 50_000})).status == 200

    served(test)


def test_what_is_asked_too_often_says_when_it_is_worth_trying_again(served) -> None:
    async def test(here):
        shake = partial(here.ask, "POST", "jars/1/shake", WHY)
        assert [(await shake()).status for _ in range(3)] == [200, 200, 429]
        assert int((await shake()).headers["Retry-After"]) > 1
        other = await here.ask("POST", "/ops/bots/theirs/jars/1/shake", WHY)
        assert other.status == 200

    served(test)


def test_what_was_asked_at_the_address_of_before_is_asked_where_it_is_now(served) -> None:
    async def test(here):
        for method in ("GET", "POST"):
            moved = await here.ask(method, "/ops/tips/mine/jars/17?color=red%20one")
            assert moved.status == 308
            assert moved.headers["Location"] == "/ops/bots/mine/jars/17?color=red%20one"
        assert (await here.ask("GET", "/ops/tips/nobodys/jars")).status == 404

    served(test)


def test_strangers_are_told_nothing_of_sections(served) -> None:
    async def test(here):
        for path in (
            "/ops/bots",
            "/ops/bots/mine",
            "/ops/bots/mine/jars",
            "/ops/bots/nobodys/x",
            "/ops/tips/mine/x",
        ):
            answer = await here.client.get(path)
            assert answer.status_code == 401, path

    served(test)
