"""What a page asks: who is let in, how often, in which language, and what the room is told of it."""

import pytest

from mailroom.actors.pages.ask import Allow
from mailroom.ingress.pages import allowances
from mailroom.ingress.pages.allowances import CALLS
from mailroom.ops.testing.asked.person import init_data
from tests.ingress.pages.room_page import (  # noqa: F401 - fixtures
    KEY,
    folder_fixture,
    jar_fixture,
    serve_fixture,
)

PERSON = {"id": 7001, "first_name": "Ann", "username": "ann", "language_code": "ru"}


def test_the_room_is_told_who_asks_what_and_knows_no_http(serve, jar):
    async def test(served):
        signed = {"Authorization": f"tma {init_data(PERSON, '42:tips', start_param='friend-1')}"}
        answer = await served.ask("POST", "tips/api/tips", {"jar": "a", "key": KEY}, headers=signed)
        assert answer.json == {"jar": "a", "minor": 1, "key": KEY, "person": "tg:7001"}
        ((room, visit, _asked),) = jar.asked
        assert room is served.rooms[0]
        assert (visit.bot, visit.interface, visit.name, visit.username) == ("tips", "page", "Ann", "ann")
        assert (visit.telegram_id, visit.start, visit.language, visit.demo) == (7001, "friend-1", "ru", False)
        assert visit.trace
        assert answer.headers["Cache-Control"] == "no-store"

    serve(test)


@pytest.mark.parametrize(
    ("path", "user", "expected"),
    [
        ("jars", None, 200),
        ("jars/mine", None, 401),
        ("jars/mine", 5001, 200),
        ("jars/all", None, 401),
        ("jars/all", 5001, 403),
        ("jars/all", 7, 200),
        ("jars/all", 13, 503),  # the room cannot say what they are
        ("jars/linked", 5001, 403),
        ("jars/linked", None, 401),
        ("nothing", None, 401),
        ("nothing", 5001, 404),
    ],
)
def test_an_ask_is_for_whom_it_says_and_for_nobody_else(serve, path, user, expected):
    async def test(served):
        answer = await served.ask("GET", f"tips/api/{path}", user=user)
        assert answer.status == expected
        if expected == 401:
            assert (answer.json["code"], answer.headers["WWW-Authenticate"]) == ("not_signed", "tma")

    serve(test)


def test_what_is_for_anyone_is_shown_to_those_too_whose_proof_is_worth_nothing_any_more(serve):
    async def test(served):
        old = {"Authorization": "tma expired=1"}
        assert (await served.ask("GET", "tips/api/jars", headers=old)).status == 200
        assert (await served.ask("GET", "tips/api/jars/mine", headers=old)).status == 401

    serve(test)


def test_nobody_just_says_who_they_are_where_it_is_no_demo(serve):
    async def test(served):
        assert (await served.ask("GET", "tips/api/jars/mine")).status == 401
        assert "demo" not in (await served.ask("GET", "tips/api/_me")).json["enter"]

    serve(test, demo=False)


def test_a_problem_is_told_in_the_words_of_the_room_and_those_of_the_platform(serve):
    async def test(served):
        for language, error, unread in (
            ("en", "The jar is full.", "The request could not be understood."),
            ("ru", "Банка полна.", "Не получилось разобрать запрос."),
        ):
            full = await served.ask("POST", "tips/api/tips", {"jar": "full", "key": KEY}, lang=language)
            assert (full.status, full.json["error"], full.json["code"]) == (409, error, "jar_full")
            assert full.json["left"] == 3
            wrong = await served.ask("POST", "tips/api/tips", {"jar": 5, "key": "short"}, lang=language)
            assert (wrong.status, wrong.json["error"], wrong.json["code"]) == (400, unread, "malformed")
            assert [one.partition(":")[0] for one in wrong.json["fields"]] == ["key", "jar"]

    serve(test)


def test_what_changes_something_comes_with_a_key_where_the_ask_says_so(serve, jar):
    async def test(served):
        answer = await served.ask("POST", "tips/api/tips", {"jar": "a"})
        assert answer.json["fields"] == ["key: is missing"]
        assert not jar.asked

    serve(test)


def test_the_language_is_the_one_chosen_else_telegrams_else_the_browsers(serve):
    async def test(served):
        async def shown(headers=None, **query):
            answer = await served.ask("GET", "tips/api/jars", headers=headers, **query)
            return answer.json["language"], answer.json["chosen"]

        signed = {"Authorization": f"tma {init_data(PERSON, '42:tips')}"}
        assert await shown(signed) == ("ru", False)
        assert await shown({**signed, "Accept-Language": "en"}) == ("ru", False)
        assert await shown(signed, lang="en") == ("en", True)
        assert await shown({"Accept-Language": "de, ru-RU;q=0.9, en;q=0.1"}) == ("ru", False)
        assert await shown({"Accept-Language": "de"}, lang="tlh") == ("en", False)

    serve(test)


def test_the_address_may_say_what_the_platform_reads_and_no_more(serve):
    async def test(served):
        answer = await served.ask("GET", "tips/api/jars", lang="ru", start="friend-2", bot="tips")
        assert (answer.status, answer.json["start"]) == (200, "friend-2")
        assert (await served.ask("GET", "tips/api/jars", more="1")).json["code"] == "malformed"

    serve(test)


def test_a_visitor_may_ask_only_so_often_and_nobody_else_waits_for_it(serve, monkeypatch):
    # However slow the machine is, none of what was taken comes back meanwhile.
    monkeypatch.setattr(allowances, "CALLS", Allow("calls", CALLS.most, 60_000.0))

    async def test(served):
        for _ in range(CALLS.most):
            assert (await served.ask("GET", "tips/api/jars")).status == 200
        answer = await served.ask("GET", "tips/api/jars")
        assert (answer.status, answer.json["code"]) == (429, "too_often")
        assert int(answer.headers["Retry-After"]) > 0
        for user in (5002, None):
            assert (await served.ask("GET", "tips/api/jars", user=user)).status == 200

    serve(test)


def test_an_ask_has_an_allowance_of_its_own_which_malformed_ones_do_not_take(serve):
    async def test(served):
        async def tip(**more):
            return await served.ask("POST", "tips/api/tips", {"key": KEY, **more})

        for _ in range(5):
            assert (await tip()).status == 400
        assert [(await tip(jar="a")).status for _ in range(4)] == [200, 200, 200, 429]

    serve(test)


def test_while_something_is_held_a_page_is_shown_and_changes_nothing(serve, jar):
    async def test(served):
        assert (await served.ask("GET", "tips/api/jars")).status == 200
        answer = await served.ask("POST", "tips/api/tips", {"jar": "a", "key": KEY})
        assert (answer.status, answer.json["code"]) == (503, "unavailable")
        assert len(jar.asked) == 1

    serve(test, held=True)


def test_a_file_is_taken_by_its_kind_and_its_length(serve, jar):
    async def test(served):
        async def put(data, kind):
            answer = await served.client.put(
                "/app/tips/api/jars/a/note",
                data=data,
                headers={"Authorization": "demo 5001", "Content-Type": kind},
            )
            return answer.status_code, await answer.get_json()

        assert await put(b"x" * 100, "text/plain; charset=utf-8") == (200, {"bytes": 100})
        assert jar.asked[0][2].jar == "a"
        status, told = await put(b"x" * 101, "text/plain")
        assert (status, told["code"], told["bytes_max"]) == (413, "too_large", 100)
        status, told = await put(b"x", "image/png")
        assert (status, told["code"]) == (415, "wrong_type")
        assert len(jar.asked) == 1

    serve(test)


def test_files_go_out_so_that_nothing_in_them_runs_and_only_open_ones_are_kept_on_the_way(serve):
    async def test(served):
        picture = await served.ask(
            "GET", f"tips/api/jars/{'d' * 32}/picture", headers={"Range": "bytes=2-3"}, user=None
        )
        assert (picture.status, picture.body) == (206, b"23")
        assert picture.headers["Cache-Control"].startswith("public, ")
        head = await served.ask("HEAD", f"tips/api/jars/{'d' * 32}/picture", user=None)
        assert (head.status, head.headers["Content-Length"]) == (200, "10")
        receipt = await served.ask("GET", "tips/api/jars/a/receipt")
        assert receipt.headers["Cache-Control"] == "no-store"
        assert receipt.headers["Content-Disposition"].startswith("attachment; ")
        for one in (picture, head, receipt):
            assert one.headers["Content-Security-Policy"] == "sandbox"
            assert one.headers["X-Content-Type-Options"] == "nosniff"

    serve(test)


def test_a_script_is_told_where_to_go_and_a_browser_goes_there(serve):
    async def test(served):
        told = await served.ask("GET", "tips/api/jars/a/pay", headers={"Sec-Fetch-Mode": "cors"})
        assert told.json == {"go": "https://pay.example/1"}
        sent = await served.ask("GET", "tips/api/jars/a/pay", headers={"Sec-Fetch-Mode": "navigate"})
        assert (sent.status, sent.headers["Location"]) == (303, "https://pay.example/1")

    serve(test)


def test_a_page_can_learn_what_its_files_cannot_say(serve):
    async def test(served):
        told = (await served.ask("GET", "tips/api/_me", user=None, lang="ru")).json
        assert (told["bot"], told["demo"], told["chat_url"]) == ("tips", True, "https://t.me/tips_bot")
        assert (told["enter"], told["languages"], told["language"]) == (
            ["telegram", "demo"],
            ["en", "ru"],
            "ru",
        )
        assert told["limits"]["calls"] == {"most": 60, "seconds": 30.0}

    serve(test)


def test_a_bot_that_there_is_not_and_a_link_that_grants_nothing_are_absent(serve):
    async def test(served):
        for path in ("none/api/jars", "none/api/_me", "tips/l/TOKEN/calendar.ics"):
            answer = await served.ask("GET", path)
            assert (answer.status, answer.json["code"]) == (404, "not_found"), path

    serve(test)
