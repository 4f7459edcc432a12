"""A room asked without HTTP by plain tests: its page, links and codes, its section, its hooks, its jobs."""

import hmac
import json

import pytest

from mailroom.ops.testing.fixtures import jobs  # noqa: F401 - here `jobs` says how many elsewhere
from mailroom.pages import File, Problem
from mailroom.storage.postgres.outbox.outcome import Done, Retry
from mailroom.testing import JobDiedError
from tests.ops.testing.small_room import CHANGED, DONE, SECRET, Deal


@pytest.fixture
def room():
    DONE.clear()
    return "tests.ops.testing.small_room"


def signed(*deals):
    body = json.dumps(deals).encode()
    return body, {"X-Signature": hmac.new(SECRET, body, "sha256").hexdigest()}


def test_a_page_knows_the_person_of_a_chat_and_strangers_may_what_anyone_may(page, chat):
    assert page.asks("GET", "/mine", person=chat)["person"] == f"tg:{chat.id}"
    assert page.asks("GET", "/who")["person"] is None
    assert page.asks("GET", "/live") == {"at": "once"}
    assert page.refuses("GET", "/mine").code == "not_signed"
    with pytest.raises(AssertionError, match="answered, and not refused"):
        page.refuses("GET", "/who")


def test_a_code_is_sent_once_and_lets_somebody_in_until_they_leave(page):
    code = page.code("Anna@example.com", language="ru")
    assert (code.address, code.title) == ("mail:anna@example.com", "small_room")
    assert page.refuses("GET", "/mine").code == "not_signed"
    with pytest.raises(Problem, match="wrong_code"):
        page.enters("anna@example.com", str((int(code.code) + 1) % 10**6).zfill(6))
    browser = page.enters("anna@example.com", code.code)
    assert page.asks("GET", "/mine", person=browser)["person"] == browser.person
    assert [one["here"] for one in page.logins(browser)] == [True]
    page.leaves(browser)
    assert page.refuses("GET", "/mine", person=browser).code == "not_signed"


def test_a_link_lets_its_bearer_do_one_thing(page, chat):
    links = page.asks("POST", "/link", person=chat)
    bearer = page.follows(links["page"])
    assert page.asks("GET", "/granted", person=bearer) == {"person": None, "grant": "17"}
    assert page.refuses("GET", "/mine", person=bearer).code == "forbidden"
    assert page.follows(links["file"]) == File(b"deal 17", "text/plain", "deal.txt")
    with pytest.raises(Problem, match="not_found"):
        page.follows(links["file"].replace("/l/", "/l/x"))


def test_a_section_is_for_who_works_there(section):
    assert section.asks("GET", "/deals", person=7)["person"] == "tg:7"
    assert section.asks("GET", "/deals", role="clerk")["person"] == "tg:1"
    assert section.asks("GET", "/deals")["person"] is None
    assert section.refuses("GET", "/deals", person=8).code == "forbidden"


def test_a_call_of_another_server_is_taken_once_with_its_signature(hooks):
    body, headers = signed("a", "b")
    assert hooks.calls("deals", body, headers) == 2
    assert DONE == ["a", "b"]
    hooks.calls("deals", body, headers)
    assert DONE == ["a", "b"]
    assert hooks.refuses("deals", body + b" ", headers).code == "wrong_signature"
    assert hooks.refuses("nowhere", body, headers).code == "not_found"
    assert hooks.refuses("deals", *signed("x" * 1_000)).code == "too_large"


def test_a_job_is_tried_once_and_its_outcome_is_a_value(jobs, service):  # noqa: F811
    bot = service.room.bot
    assert jobs.run(CHANGED(Deal(id="a"), bot=bot)) == Done()
    outcome = jobs.run(CHANGED(Deal(id="bad"), bot=bot))
    assert isinstance(outcome, Retry)
    assert "nobody knows it" in outcome.error
    assert [(one.name, one.state) for one in jobs.waiting] == [("small.changed", "retrying")]
    with pytest.raises(JobDiedError, match="nobody knows it"):
        jobs.enqueue(CHANGED(Deal(id="bad"), bot=bot))
    assert "small.changed" in [one.name for one in jobs.dead]


def test_the_time_of_periodic_work_comes_when_a_test_says_so(jobs):  # noqa: F811
    jobs.happens("nightly")
    assert DONE == ["night"]
    with pytest.raises(AssertionError, match="there is: nightly"):
        jobs.happens("daily")
