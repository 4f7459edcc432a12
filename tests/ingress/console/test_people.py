"""People who work in the console: how they get in, what they get at, and how they get out."""

import pytest

from mailroom.ingress.ops import guard
from mailroom.ingress.ops.guesses import ATTEMPTS_MAX
from mailroom.ingress.ops.refusals import REFUSALS_MAX
from tests.ingress.console.people import ANNA, BEN, CHLOE, OWN, work_fixture  # noqa: F401 - a fixture

# How they get in


def test_a_link_lets_somebody_in_once(work) -> None:
    async def test(at):
        token = await at.link(ANNA)
        one, other = await at.browser(), await at.browser()
        answer = await one.enters(token)
        assert (answer.status_code, answer.headers["Location"]) == (303, "/console")
        cookie = answer.headers["Set-Cookie"]
        assert cookie.startswith("__Host-mailroom=")
        assert all(f"; {word}" in cookie for word in ("HttpOnly", "Secure", "SameSite=Strict", "Path=/"))
        assert token not in cookie
        assert "Анна" in await one.reads_the_page()
        answer = await other.enters(token)
        assert answer.status_code == 401
        assert "was used already" in await answer.get_data(as_text=True)

    work(test)


def test_whoever_looks_at_a_link_without_pressing_uses_nothing_up(work) -> None:
    async def test(at):
        token = await at.link(ANNA)
        scanner, one = await at.browser(), await at.browser()
        for _ in range(3):
            seen = await scanner.opens(
                "/console/enter", headers={"User-Agent": "TelegramBot (like TwitterBot)"}
            )
            assert seen.status_code == 200
        assert (await one.enters(token)).status_code == 303

    work(test)


def test_a_link_that_is_too_old_lets_nobody_in(work) -> None:
    async def test(at):
        one = await at.browser()
        assert (await one.enters(await at.link(ANNA, seconds=0))).status_code == 401
        assert (await one.enters("")).status_code == 401

    work(test)


def test_a_form_that_another_page_sends_logs_nobody_in(work) -> None:
    async def test(at):
        token = await at.link(ANNA)
        one = await at.browser()
        await one.opens("/console/enter")
        for proof in ("", "0" * 64, "ключ"):
            form = {"token": token, "proof": proof}
            answer = await one._client.post("/console/enter", form=form, headers=OWN)
            assert answer.status_code == 403
        elsewhere = await one.enters(token, headers={**OWN, "Sec-Fetch-Site": "cross-site"})
        assert elsewhere.status_code == 403
        assert (await one.enters(token)).status_code == 303

    work(test)


@pytest.mark.parametrize("path", ["/console", "/console/enter"])
def test_neither_the_console_nor_the_way_in_is_for_a_script_or_a_frame(work, path) -> None:
    async def test(at):
        one = await at.browser(ANNA)
        for dest in ("empty", "iframe", "object", "embed", "frame"):
            answer = await one.opens(path, headers={**OWN, "Sec-Fetch-Dest": dest})
            assert answer.status_code == 403
            assert one.csrf.encode() not in await answer.get_data()

    work(test)


def test_links_that_are_no_good_are_counted_as_wrong_tokens_are(work) -> None:
    async def test(at):
        one = await at.browser()
        for _ in range(ATTEMPTS_MAX):
            assert (await one.enters("guessed")).status_code == 401
        assert (await one.enters(await at.link(ANNA))).status_code == 429

    work(test)


def test_who_works_nowhere_any_more_is_not_let_in_by_a_link_of_before(work) -> None:
    async def test(at):
        token = await at.link(ANNA)
        at.works.clear()
        one = await at.browser()
        answer = await one.enters(token)
        assert answer.status_code == 403
        assert "do not work at any bot" in await answer.get_data(as_text=True)

    work(test)


# What they get at


def test_somebody_sees_their_bots_and_nothing_of_on_call(work) -> None:
    async def test(at):
        page = await (await at.browser(ANNA)).reads_the_page()
        assert 'data-bot="mine"' in page
        assert 'data-bot="other"' not in page
        for word in ('id="tree"', 'id="mailboxes"', 'id="audit"', "unstoppable", "main.js"):
            assert word not in page

    work(test)


def test_what_is_on_calls_is_refused_to_a_person_and_in_the_audit_with_who_it_was(work, oncall) -> None:
    async def test(at):
        one = await at.browser(ANNA)
        for method, path in (("GET", "/ops/tree"), ("POST", "/ops/suspend"), ("GET", "/console/events")):
            answer = await one.asks(method, path)
            assert answer.status_code == 403
            assert answer.json_ == {"error": "this is on-call's alone."} or path == "/console/events"
        assert [(who, what) for who, what, _ in at.refused] == [
            ("tg:7001 Анна", "GET /ops/tree"),
            ("tg:7001 Анна", "POST /ops/suspend"),
            ("tg:7001 Анна", "GET /console/events"),
        ]
        oncall.look.tree.assert_not_called()
        oncall.act.suspend.assert_not_called()

    work(test)


def test_another_bots_address_says_no_more_than_one_that_is_none(work) -> None:
    async def test(at):
        one = await at.browser(ANNA)
        theirs, none = [await one.asks("GET", f"/ops/bots/{bot}") for bot in ("other", "none")]
        assert theirs.status_code == none.status_code == 403

    work(test)


def test_what_a_person_does_is_done_by_whom_they_have_proved_to_be_and_not_by_whom_they_say(work) -> None:
    async def test(at):
        one = await at.browser(ANNA)
        answer = await one.asks("POST", "/ops/bots/mine/prices", **{"X-Operator": "Ann of on-call"})
        assert answer.json_ == {"who": "tg:7001 Анна (console)", "roles": ["owner"]}
        (visit,) = at.staff["mine"].room.told
        assert (visit.person, visit.interface, visit.why) == ("tg:7001", "console", "w")
        assert {proof.address for proof in visit.proofs} == {"tg:7001"}

    work(test)


def test_a_session_without_its_csrf_token_asks_nothing_not_even_to_look(work, oncall) -> None:
    async def test(at):
        one, other = await at.browser(ANNA), await at.browser(ANNA)
        theirs, one.csrf = one.csrf, other.csrf
        for path in ("/ops/bots/mine", "/ops/tree", "/console/events"):
            assert (await one.asks("GET", path)).status_code == 403
        assert at.refused == [], "it may be somebody else who asks"
        one.csrf = theirs
        assert (
            await one.asks("GET", "/ops/bots/mine", **{"Sec-Fetch-Site": "cross-site"})
        ).status_code == 403

    work(test)


def test_who_is_refused_again_and_again_does_not_fill_the_audit(work) -> None:
    async def test(at):
        one = await at.browser(BEN)
        for _ in range(REFUSALS_MAX):
            assert (await one.asks("GET", "/ops/tree")).status_code == 403
        assert (await one.asks("GET", "/ops/tree")).status_code == 429
        assert len(at.refused) == REFUSALS_MAX

    work(test)


def test_who_asks_without_end_is_asked_to_wait(work, monkeypatch) -> None:
    monkeypatch.setattr(guard, "CALLS_MAX", 3)

    async def test(at):
        one, other = await at.browser(ANNA), await at.browser(BEN)
        asked = [(await one.asks("GET", "/ops/bots/mine")).status_code for _ in range(4)]
        assert asked == [200, 200, 200, 429]
        assert (await other.asks("GET", "/ops/bots/mine")).status_code == 200

    work(test)


def test_a_token_of_on_call_in_a_header_is_on_call_whatever_the_cookie_says(work, oncall) -> None:
    async def test(at):
        one = await at.browser(BEN)
        assert (await one.asks("GET", "/ops/tree", Authorization="Bearer wrong")).status_code == 401
        oncall.look.tree.assert_not_called()

    work(test)


# How they get out


def test_who_is_dismissed_is_out_with_the_next_question(work) -> None:
    async def test(at):
        one = await at.browser(ANNA)
        at.works[("mine", "tg:7001")] = set()
        assert (await one.asks("GET", "/ops/bots/mine")).status_code == 403
        answer = await one.opens("/console")
        assert answer.status_code == 403
        assert "do not work at any bot" in await answer.get_data(as_text=True)

    work(test)


def test_who_logs_out_is_out_wherever_the_cookie_was_copied_to(work) -> None:
    async def test(at):
        one = await at.browser(ANNA)
        (cookie,) = [f"{one.name}={one.value}" for one in one._client.cookie_jar if one.name[-1] == "m"]
        asks = {"Cookie": cookie, "X-CSRF-Token": one.csrf}
        copied = await at.browser()
        copied.csrf = one.csrf
        assert (await copied.asks("GET", "/ops/bots/mine", **asks)).status_code == 200
        csrf, one.csrf = one.csrf, "0" * 64
        assert (await one.leaves()).status_code == 403, "another page's form ends nothing"
        one.csrf = csrf
        assert (await one.leaves()).status_code == 303
        assert (await copied.asks("GET", "/ops/bots/mine", **asks)).status_code == 401

    work(test)


# Where nobody is on call


def test_without_a_token_on_calls_part_is_off_and_people_work_all_the_same(work, oncall) -> None:
    async def test(at):
        stranger = await at.browser()
        login = await (await stranger.opens("/console")).get_data(as_text=True)
        assert 'name="token"' not in login
        assert "Say <code>/console</code>" in login
        assert "On call? Off: set MAILROOM_OPS_TOKEN" in login
        answer = await stranger.asks("GET", "/ops/tree")
        assert (answer.status_code, answer.json_["error"][:4]) == (404, "Off:")
        for bearer in ("", "None", *map(str, range(2 * ATTEMPTS_MAX))):
            answer = await stranger.asks("GET", "/ops/tree", Authorization=f"Bearer {bearer}")
            assert answer.status_code == 404
        answer = await stranger._client.post("/console/login", form={"token": ""}, headers=OWN)
        assert answer.status_code == 401
        one = await at.browser(CHLOE)
        assert (await one.asks("GET", "/ops/tree")).status_code == 403
        assert (await one.asks("GET", "/ops/bots/other/orders")).status_code == 200
        assert 'data-bot="other"' in await one.reads_the_page()
        oncall.look.tree.assert_not_called()

    work(test, token=None)
