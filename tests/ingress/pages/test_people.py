"""Who is at a page: by Telegram, by a code, by a link; and who is not, whatever they send."""

import re

import pytest
import trio

from mailroom.actors.people.code import TRIES
from mailroom.actors.people.enter import open_session
from mailroom.actors.runtime.bridge import aio
from mailroom.ops.testing.asked.person import init_data
from tests.actors.push_service import Browser as Chrome
from tests.ingress.pages.salon import (  # noqa: F401 - fixtures
    ANNA,
    KEY,
    PHONE,
    TOKEN,
    jobs_url,
    open_salon_fixture,
    salon_page,
)

PERSON = {"id": 7001, "first_name": "Ann", "username": "ann", "language_code": "ru"}
COOKIE = "mailroom-page"


def telegram(token=TOKEN, **fields):
    return {"Authorization": f"tma {init_data(PERSON, token, **fields)}"}


def test_whoever_enters_a_code_is_known_from_then_on_in_this_browser(open_salon):
    async def test(salon):
        anna, stranger = salon.browser(), salon.browser()
        assert (await anna.ask("GET", "api/mine")).status == 401
        sent = await anna.ask("POST", "api/_code", {"address": " Anna@Example.com "}, lang="ru")
        assert sent.json == {"sent_to": "a…@example.com", "digits": 6, "seconds": 600, "again_seconds": 60}
        assert salon.woken == ["salon.notification"]
        entered = await anna.ask("POST", "api/_enter", {"address": ANNA, "code": await salon.code_for()})
        assert entered.status == 200
        known = (await anna.ask("GET", "api/mine")).json
        assert known["person"] == entered.json["person"]
        assert known["proofs"] == ["code mail:anna@example.com"]
        assert (await stranger.ask("GET", "api/mine")).status == 401
        about = (await anna.ask("GET", "api/_me")).json
        assert about["visitor"]["addresses"] == ["a…@example.com"]
        assert about["codes_to"] == ["mail", "phone"]

    open_salon(test)


def test_the_cookie_is_for_no_script_no_other_site_and_no_other_bot(open_salon):
    async def test(salon):
        for https in (False, True):
            entered = await salon.browser(https=https).enters(ANNA if https else PHONE)
            (cookie,) = entered.headers.getlist("Set-Cookie")
            assert cookie.startswith("__Secure-mailroom-page=" if https else "mailroom-page=")
            parts = set(cookie.split("; ")[1:])
            assert {"HttpOnly", "SameSite=Lax", "Path=/app/salon/", "Max-Age=2592000"} <= parts
            assert ("Secure" in parts) == https

    open_salon(test)


def test_a_cookie_of_one_bot_is_nothing_at_another(open_salon):
    async def test(salon):
        anna, elsewhere = salon.browser(), salon.browser("other")
        await anna.enters()
        elsewhere.cookies = dict(anna.cookies)
        assert (await anna.who())["person"] is not None
        assert (await elsewhere.who())["person"] is None

    open_salon(test)


@pytest.mark.parametrize(
    "sent_by",
    [
        {"X-Mailroom": None},
        {"X-Mailroom": "Page"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Sec-Fetch-Site": None, "Origin": "https://evil.example"},
        {"Sec-Fetch-Site": None, "Origin": "null"},
    ],
)
def test_another_page_does_nothing_with_the_cookie_and_logs_nobody_in(open_salon, sent_by):
    async def test(salon):
        anna = salon.browser()
        await anna.enters()
        booked = {"at": "10:00", "key": KEY}
        for path, body in (
            ("bookings", booked), ("forget", {}), ("_leave", {}), ("_code", {"address": PHONE}),
            ("_enter", {"address": PHONE, "code": "123456"}), ("_push", {"subscription": {}}),
        ):  # fmt: skip
            answer = await anna.ask("POST", f"api/{path}", body, headers=sent_by)
            assert (answer.status, answer.json["code"]) == (403, "not_of_the_page"), path
        assert (await anna.ask("GET", "api/mine", headers=sent_by)).status == 200  # a look is only a look
        assert (await anna.ask("POST", "api/bookings", booked)).status == 200

    open_salon(test)


def test_telegram_wins_over_a_cookie_and_where_it_is_wrong_no_cookie_makes_up_for_it(open_salon):
    async def test(salon):
        anna = salon.browser()
        await anna.enters()
        assert (await anna.who(headers=telegram()))["person"] == "tg:7001"
        for wrong in (
            telegram("42:other"),
            telegram(at=1),
            {"Authorization": "tma "},
            {"Authorization": "x"},
        ):
            for method, path, body in (
                ("GET", "mine", None),
                ("POST", "bookings", {"at": "1", "key": KEY}),
                ("GET", "_sessions", None),
                ("POST", "_enter", {"address": ANNA, "code": "123456"}),
            ):
                assert (await anna.ask(method, f"api/{path}", body, headers=wrong)).status == 401
            assert (await anna.who(headers=wrong))["person"] is None
            assert (await anna.ask("GET", "api/_me", headers=wrong)).json["visitor"] is None

    open_salon(test)


def test_who_proves_telegram_and_a_mail_address_is_one_person(open_salon):
    async def test(salon):
        inside, outside = salon.browser(), salon.browser()
        entered = await inside.enters(headers=telegram())
        assert entered.json == {"person": "tg:7001"}
        assert not inside.cookies  # Telegram says it with every call
        salon.forget_waiting()
        await outside.enters()
        assert (await outside.who())["person"] == "tg:7001"

    open_salon(test)


def test_an_address_that_is_anothers_is_refused_in_words(open_salon):
    async def test(salon):
        await salon.browser().enters()
        salon.forget_waiting()
        answer = await salon.browser().enters(headers=telegram(), lang="ru")
        assert (answer.status, answer.json["code"]) == (409, "anothers_address")
        assert answer.json["error"] == "С этим адресом здесь уже входил кто-то другой."

    open_salon(test)


def test_another_address_joins_where_that_is_wished_and_else_another_one_logs_in(open_salon):
    async def test(salon):
        anna, other = salon.browser(), salon.browser()
        first = (await anna.enters()).json["person"]
        await anna.ask("POST", "api/_code", {"address": PHONE})
        joined = {"address": PHONE, "code": await salon.code_for(), "join": True}
        assert (await anna.ask("POST", "api/_enter", joined)).json["person"] == first
        assert len((await anna.who())["proofs"]) == 2
        stolen = dict(anna.cookies)
        second = (await anna.enters("boris@example.com")).json["person"]
        assert second != first
        other.cookies = stolen
        assert (await other.who())["person"] is None  # whoever was there before is logged out

    open_salon(test)


def test_roles_go_by_what_was_proved_in_this_browser(open_salon):
    async def test(salon):
        master, anna = salon.browser(), salon.browser()
        await master.enters("master@example.com")
        await anna.enters()
        assert (await master.ask("GET", "api/work")).json["roles"] == ["master"]
        assert (await anna.ask("GET", "api/work")).status == 403
        assert (await salon.browser().ask("GET", "api/work")).status == 401

    open_salon(test)


def test_wrong_codes_are_five_and_look_like_codes_that_nobody_asked_for(open_salon):
    async def test(salon):
        anna = salon.browser()
        await anna.ask("POST", "api/_code", {"address": ANNA})
        code = await salon.code_for()
        wrong = {"address": ANNA, "code": f"{(int(code) + 1) % 10**6:06}"}
        none = {"address": "nobody@example.com", "code": code}
        answers, took = [], []
        for body in (*[wrong] * TRIES, none, {"address": ANNA, "code": code}):
            begun = trio.current_time()
            answer = await anna.ask("POST", "api/_enter", body)
            took.append(trio.current_time() - begun)
            answers.append((answer.status, answer.json))
        assert answers[0][0] == 400
        assert answers[0][1]["code"] == "wrong_code"
        assert all(answer == answers[0] for answer in answers)
        assert min(took) >= 0.3

    open_salon(test)


def test_the_same_code_twice_at_once_is_one_session(open_salon):
    async def test(salon):
        await salon.browser().ask("POST", "api/_code", {"address": ANNA})
        body = {"address": ANNA, "code": await salon.code_for()}
        browsers, statuses = [salon.browser() for _ in range(6)], []

        async def enter(browser):
            statuses.append((await browser.ask("POST", "api/_enter", body)).status)

        async with trio.open_nursery() as nursery:
            for browser in browsers:
                nursery.start_soon(enter, browser)
        assert sorted(statuses) == [200, 400, 400, 400, 400, 400]
        assert await salon.sql("SELECT count(*) FROM mailroom.page_session") == 1

    open_salon(test)


def test_codes_are_sent_only_so_often_to_an_address_and_from_a_network(open_salon):
    async def test(salon):
        async def code(address, peer="192.0.2.1"):
            browser = salon.browser()
            return await browser.ask(
                "POST", "api/_code", {"address": address}, headers={"X-Forwarded-For": peer}, lang="en"
            )

        assert (await code(ANNA)).status == 200
        again = await code(ANNA, "198.51.100.1")
        assert (again.status, again.json["code"]) == (429, "too_many_codes")
        assert 0 < int(again.headers["Retry-After"]) <= 61
        assert await salon.jobs() == 1
        statuses = [(await code(f"a{one}@example.com", f"192.0.2.{one}")).status for one in range(2, 25)]
        assert statuses.count(200) == 19
        assert statuses[-1] == 429
        assert (await code("b@example.com", "198.51.100.1")).status == 200

    open_salon(test, trusted_proxies=["127.0.0.1"])


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"address": "nobody"}, "bad_address"),
        ({"address": ""}, "bad_address"),
        ({"address": "a@b.example\r\nBcc: x@y.example"}, "bad_address"),
        ({"address": "a" * 400}, "malformed"),
        ({"address": 5}, "malformed"),
        ({"address": "a\0@example.com"}, None),
        ({"address": ANNA, "more": 1}, "malformed"),
        ({}, "malformed"),
        ([], "malformed"),
    ],
)
def test_what_is_no_address_is_told_and_nothing_is_sent(open_salon, body, code):
    async def test(salon):
        answer = await salon.browser().ask("POST", "api/_code", body)
        assert answer.status == 400
        assert code is None or answer.json["code"] == code
        assert await salon.jobs() == 0

    open_salon(test)


@pytest.mark.parametrize(
    "code", ["12345", "1234567", "12345a", "１２３４５６", "12345\n", " 12345", 123456, None, "", "1" * 5_000]
)
def test_what_is_no_code_takes_no_try(open_salon, code):
    async def test(salon):
        anna = salon.browser()
        await anna.ask("POST", "api/_code", {"address": ANNA})
        answer = await anna.ask("POST", "api/_enter", {"address": ANNA, "code": code})
        assert (answer.status, answer.json["code"]) == (400, "malformed")
        assert await salon.sql("SELECT tries_left FROM mailroom.code") == TRIES

    open_salon(test)


def test_a_page_that_takes_no_codes_knows_of_none(open_salon, tmp_path):
    async def test(salon):
        anna = salon.browser()
        for path in ("_code", "_enter"):
            assert (await anna.ask("POST", f"api/{path}", {"address": ANNA})).status == 404
        about = (await anna.ask("GET", "api/_me")).json
        assert (about["enter"], about["codes_to"]) == (["telegram"], [])

    open_salon(test, page=salon_page(tmp_path, enter=("telegram",)))


def test_nobody_can_enter_by_a_code_where_nobody_carries_any(open_salon):
    async def test(salon):
        anna = salon.browser()
        assert (await anna.ask("POST", "api/_code", {"address": ANNA})).status == 404
        assert "code" not in (await anna.ask("GET", "api/_me")).json["enter"]

    open_salon(test, senders=())


def test_whoever_is_logged_in_stays_so_while_nobody_carries_codes(open_salon):
    async def test(salon):
        anna = salon.browser()
        token = await aio(open_session, salon.pool, "salon", "p_1", ["mail:anna@example.com"], "a browser")
        anna.cookies = {COOKIE: token}
        assert (await anna.who())["person"] == "p_1"
        assert (await anna.ask("POST", "api/_leave", {})).status == 200
        assert (await anna.who())["person"] is None

    open_salon(test, senders=())


def test_logging_out_ends_the_session_here_and_not_only_in_the_browser(open_salon):
    async def test(salon):
        anna = salon.browser()
        await anna.enters()
        kept = dict(anna.cookies)
        assert (await anna.ask("POST", "api/_leave", {})).status == 200
        assert not anna.cookies
        anna.cookies = kept
        assert (await anna.who())["person"] is None

    open_salon(test, held=False)


def test_somebody_sees_where_they_are_logged_in_and_ends_it(open_salon):
    async def test(salon):
        here, there, other = salon.browser(), salon.browser(), salon.browser()
        await here.enters(headers={"User-Agent": "Firefox"})
        salon.forget_waiting()
        await there.enters(headers={"User-Agent": "Safari"})
        await other.enters(PHONE)
        found = (await here.ask("GET", "api/_sessions")).json
        assert {one["about"]: one["here"] for one in found} == {"Firefox": True, "Safari": False}
        ids = {one["about"]: one["id"] for one in found}
        for wrong in (ids["Safari"] + 1_000, "x", "0", "-1", 2**64):
            assert (await here.ask("DELETE", f"api/_sessions/{wrong}")).status == 404
        assert (await other.ask("DELETE", f"api/_sessions/{ids['Safari']}")).status == 404
        assert (await here.ask("DELETE", f"api/_sessions/{ids['Safari']}")).status == 200
        assert (await there.who())["person"] is None
        assert (await here.who())["person"] is not None
        assert (await here.ask("POST", "api/_leave", {"everywhere": True})).status == 200
        assert (await other.ask("GET", "api/_sessions")).status == 200

    open_salon(test)


def test_whoever_entered_at_one_process_is_known_at_the_others_and_left_at_one_nowhere(open_salon):
    async def test(salon):
        anna, kept = salon.browser(), salon.browser()
        await anna.ask("POST", "api/_code", {"address": ANNA})
        anna.client = salon.another
        body = {"address": ANNA, "code": await salon.code_for()}
        assert (await anna.ask("POST", "api/_enter", body)).status == 200
        kept.cookies = dict(anna.cookies)
        assert (await kept.who())["person"] == (await anna.who())["person"] is not None
        assert (await anna.ask("POST", "api/_leave", {})).status == 200
        assert (await kept.who())["person"] is None

    open_salon(test)


def test_the_browser_keeps_the_cookie_as_long_as_the_session_goes_on(open_salon):
    async def test(salon):
        anna = salon.browser()
        await anna.enters()
        assert "Set-Cookie" not in (await anna.ask("GET", "api/mine")).headers
        await salon.sql("UPDATE mailroom.page_session SET seen_at = now() - interval '2 hours' RETURNING 1")
        shared = await anna.ask("GET", "api/picture")
        assert "public" in shared.headers["Cache-Control"]
        assert "Set-Cookie" not in shared.headers, "whoever is given it from a cache would be her"
        await salon.sql("UPDATE mailroom.page_session SET seen_at = now() - interval '2 hours' RETURNING 1")
        before = dict(anna.cookies)
        assert "Max-Age=2592000" in (await anna.ask("GET", "api/mine")).headers["Set-Cookie"]
        assert anna.cookies == before
        assert "Set-Cookie" not in (await anna.ask("GET", "api/mine")).headers

    open_salon(test)


def test_while_something_is_held_nobody_enters_and_whoever_wants_out_gets_out(open_salon):
    async def test(salon):
        anna = salon.browser()
        assert (await anna.ask("POST", "api/_code", {"address": ANNA})).status == 503
        assert (await anna.ask("POST", "api/_leave", {})).status == 200
        assert await salon.jobs() == 0

    open_salon(test, held=True)


def test_a_link_lets_its_bearer_do_one_thing_and_makes_nobody_of_them(open_salon):
    async def test(salon):
        anna, bearer = salon.browser(), salon.browser()
        await anna.enters()
        booked = (await anna.ask("POST", "api/bookings", {"at": "10:00", "key": KEY})).json
        token = re.fullmatch(r"https://salon\.example/app/salon/#l=([0-9a-f]+)", booked["link"])[1]
        by_link = {"Authorization": f"grant {token}"}
        shown = (await bearer.ask("GET", "api/bookings/linked", headers=by_link)).json
        assert shown == {"person": None, "proofs": [], "grant": ["booking", "10:00"], "roles": []}
        moved = await bearer.ask("POST", "api/bookings/move", {"at": "11:00"}, headers=by_link)
        assert moved.json == {"moved": "10:00", "to": "11:00"}
        for path in ("api/mine", "api/_sessions", "api/work"):
            assert (await bearer.ask("GET", path, headers=by_link)).status in (401, 403)
        assert (await anna.ask("GET", "api/mine", headers=by_link)).status in (
            401,
            403,
        )  # no cookie adds to it
        elsewhere = await salon.browser("other").ask("GET", "api/bookings/linked", headers=by_link)
        assert (elsewhere.status, elsewhere.json["code"]) == (401, "link_over")

    open_salon(test)


def test_a_file_by_a_link_is_shown_until_it_is_revoked_and_then_looks_like_none(open_salon):
    async def test(salon):
        anna, reader = salon.browser(), salon.browser()
        await anna.enters()
        feed = (await anna.ask("POST", "api/bookings", {"at": "10:00", "key": KEY})).json["feed"]
        path = feed.removeprefix("https://salon.example/app/salon/")
        shown = await reader.ask("GET", path)
        assert (shown.status, shown.body) == (200, b"BEGIN:VCALENDAR 10:00")
        assert shown.headers["Content-Security-Policy"] == "sandbox"
        assert (await reader.ask("POST", path, {})).status in (404, 405)
        never = await reader.ask("GET", f"l/{'a' * 40}/calendar.ics")
        await salon.sql("DELETE FROM mailroom.page_grant RETURNING 1")
        over = await reader.ask("GET", path)
        assert (over.status, over.json) == (never.status, never.json) == (404, never.json)

    open_salon(test)


def test_whoever_is_forgotten_is_nobody_at_once(open_salon):
    async def test(salon):
        anna = salon.browser()
        first = (await anna.enters()).json["person"]
        booked = (await anna.ask("POST", "api/bookings", {"at": "10:00", "key": KEY})).json
        assert (await anna.ask("POST", "api/forget", {})).status == 200
        assert (await anna.who())["person"] is None
        by_link = {"Authorization": f"grant {booked['link'].partition('=')[2]}"}
        assert (await salon.browser().ask("GET", "api/bookings/linked", headers=by_link)).status == 401
        salon.forget_waiting()
        assert (await salon.browser().enters()).json["person"] != first

    open_salon(test)


def test_a_browser_shows_notices_of_who_is_logged_in_there_and_none_after_logging_out(open_salon):
    async def test(salon):
        anna, stranger = salon.browser(), salon.browser()
        shows = Chrome("https://fcm.googleapis.com/send/1").subscription.model_dump()
        assert (await stranger.ask("POST", "api/_push", {"subscription": shows})).status == 401
        await anna.enters()
        about = (await anna.ask("GET", "api/_me")).json
        assert about["push"]
        assert len(about["push_key"]) == 87
        more = {"subscription": {**shows, "expirationTime": None}}
        assert (await anna.ask("POST", "api/_push", more)).status == 200
        inside = {"subscription": {**shows, "endpoint": "https://127.0.0.1/x"}}
        refused = await anna.ask("POST", "api/_push", inside)
        assert (refused.status, refused.json["code"]) == (400, "bad_subscription")
        assert await salon.sql("SELECT count(*) FROM mailroom.push_subscription") == 1
        assert (await anna.ask("DELETE", "api/_push", {"endpoint": shows["endpoint"]})).status == 200
        assert await salon.sql("SELECT count(*) FROM mailroom.push_subscription") == 0
        assert (await anna.ask("POST", "api/_push", more)).status == 200
        assert (await anna.ask("POST", "api/_leave", {})).status == 200
        assert await salon.sql("SELECT count(*) FROM mailroom.push_subscription") == 0

    open_salon(test)


def test_a_page_that_shows_no_notices_takes_no_browsers(open_salon, tmp_path):
    async def test(salon):
        shows = Chrome("https://fcm.googleapis.com/send/1").subscription.model_dump()
        answer = await salon.browser().ask("POST", "api/_push", {"subscription": shows}, headers=telegram())
        assert (answer.status, answer.json["code"]) == (404, "no_push")
        assert (await salon.browser().ask("GET", "api/_me")).json["push_key"] is None

    open_salon(test, page=salon_page(tmp_path, push=False))


def test_whatever_is_sent_is_answered_and_breaks_nothing(open_salon):
    """What Postgres does not keep, what is no text, what is far too deep: each wherever it can stand."""
    odd = (
        "\0",
        "\ud800",
        "a\0b",
        "٣" * 6,
        "\u202e",
        "{}",
        "'",
        "x" * 5_000,
        2**70,
        -1,
        1e400,
        None,
        True,
        [],
    )
    shows = Chrome("https://fcm.googleapis.com/send/1").subscription.model_dump()

    def bodies(value):
        yield "_code", {"address": value}
        yield "_code", {"address": f"a{value}@example.com"}
        yield "_code", {"address": f"a@{value}.example"}
        yield "_enter", {"address": value, "code": value, "join": value}
        yield "_leave", {"everywhere": value}
        yield "_push", {"subscription": value}
        for name, text in (("endpoint", f"https://fcm.googleapis.com/{value}"), ("keys", {"p256dh": value})):
            yield "_push", {"subscription": {**shows, name: text}}
        yield "_push", {"subscription": {**shows, "keys": {**shows["keys"], "auth": value}}}
        yield "_push", {"subscription": shows, f"{value}": value}

    async def test(salon):
        anna = salon.browser()
        await anna.enters()
        for value in odd:
            for path, body in bodies(value):
                salon.forget_waiting()
                answer = await anna.ask("POST", f"api/{path}", body)
                assert answer.status < 500, (path, body, answer.json)
            answer = await anna.ask("DELETE", "api/_push", {"endpoint": value})
            assert answer.status < 500, value
        for cookie in ("x", "a" * 40, '"', "a=b; c", "\x7f"):
            anna.cookies = {COOKIE: cookie}
            assert (await anna.ask("GET", "api/mine")).status == 401
        for header in ("grant", "grant ", f"grant {'a' * 40}", "Grant \xff", "tma \xff", "demo 1", "basic x"):
            told = await salon.browser().ask("GET", "api/mine", headers={"Authorization": header})
            assert told.status == 401, header

    open_salon(test)
