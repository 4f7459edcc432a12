"""`/ops/outbox`: what it asks of on-call's functions, and what it answers."""

from datetime import UTC, datetime

import pytest

from mailroom.storage.errors import StoreUnavailable
from mailroom.storage.postgres.outbox.seen import Wanted
from mailroom.supervisors.oncall.errors import OnCallError, UnknownTargetError
from mailroom.supervisors.oncall.job_reports import JobStory, QueueReport
from mailroom.supervisors.oncall.past import Past, Point
from mailroom.supervisors.oncall.people import PersonReport
from mailroom.supervisors.oncall.periodic import PeriodicReport
from mailroom.supervisors.oncall.reports import By, Outcome
from tests.ingress.conftest import BEARER
from tests.ops.cli.fake_oncall import dead_job, job

API = By("api", "it is broken")


def test_jobs_are_filtered_and_written_as_people_write_them(ask, oncall):
    oncall.jobs.find.return_value = [job(7)]
    words = "queue=mail&state=dead&name=a&key=k&chat=shop:-42&error=e&trace=t&since_ms=1000&until_ms=2000"
    answer = ask("GET", f"/ops/outbox?{words}&most=5")
    assert (answer.json[0]["id"], answer.json[0]["chat"]) == ("job:7", "shop:42")
    since, until = (datetime.fromtimestamp(second, UTC) for second in (1, 2))
    wanted = Wanted("mail", "a", "dead", "shop", "-42", "k", "t", "e", since, until)
    oncall.jobs.find.assert_awaited_once_with(wanted, 5)


def test_an_empty_field_of_a_form_asks_for_nothing(ask, oncall):
    assert ask("GET", "/ops/outbox?queue=&state=&chat=&bot=shop").json == []
    oncall.jobs.find.assert_awaited_once_with(Wanted(bot="shop"), 50)


@pytest.mark.parametrize(
    "query",
    ["state=asleep", "most=1001", "chat=42", "chat=:42", "since_ms=-1", f"until_ms={10**18}", "queues=x"],
)
def test_a_bad_query_is_refused_by_the_name_of_its_field(ask, oncall, query):
    answer = ask("GET", f"/ops/outbox?{query}")
    assert (answer.status, query.partition("=")[0] in answer.json["error"]) == (400, True)
    assert oncall.mock_calls == []


def test_queues_are_shown(ask, oncall):
    oncall.jobs.queues.return_value = [QueueReport("mail", {"dead": 1}, 0, 0.0, "eve", "down", 5)]
    (queue,) = ask("GET", "/ops/outbox/queues").json
    assert (queue["jobs"], queue["paused_by"], queue["paused_ms"]) == ({"dead": 1}, "eve", 5)


def test_one_job_is_shown_with_its_history(ask, oncall):
    oncall.jobs.show.return_value = JobStory("job:7", job(7, payload='{"x": "<script>"}'), ())
    assert ask("GET", "/ops/outbox/job:7").json["job"]["payload"] == '{"x": "<script>"}'
    oncall.jobs.show.assert_awaited_once_with("job:7")
    oncall.jobs.show.side_effect = UnknownTargetError("there is no job 8")
    answer = ask("GET", "/ops/outbox/8")
    assert (answer.status, answer.json) == (404, {"error": "there is no job 8"})


def test_a_dead_job_is_shown_among_the_dead_letters(ask, oncall):
    oncall.dead.show.return_value = dead_job(7)
    answer = ask("GET", "/ops/dead/job:7")
    assert (answer.json["chat"], answer.json["kind"]) == (None, "shop.deliver")


@pytest.mark.parametrize(
    ("path", "body", "call"),
    [
        ("retry", {"ids": ["1", "job:2"]}, ("jobs.retry", (["1", "job:2"], API), {})),
        ("retry", {"filter": {"queue": "m"}}, ("jobs.retry", (Wanted(queue="m"), API), {})),
        ("drop", {"filter": {}}, ("jobs.drop", (Wanted(), API), {})),
        ("drop", {"filter": {"chat": "a:1"}}, ("jobs.drop", (Wanted(bot="a", chat="1"), API), {})),
        ("queues/pay/pause", {}, ("jobs.pause", ("pay", API), {})),
        ("queues/pay/resume", {}, ("jobs.resume", ("pay", API), {})),
    ],
)
def test_an_action_is_done_and_what_came_of_it_is_told(ask, oncall, path, body, call):
    answer = ask("POST", f"/ops/outbox/{path}", {**body, "why": " it is\n broken "})
    assert answer.status == 200, answer.json
    assert answer.json["says"] == "It is done."
    assert oncall.mock_calls == [call]


@pytest.mark.parametrize(
    ("payload", "text"), [('{"a": 1}', '{"a": 1}'), ({"a": 1}, '{"a":1}'), ("[1]", "[1]")]
)
def test_a_payload_is_replaced_by_text_or_by_json(ask, oncall, payload, text):
    assert ask("PUT", "/ops/outbox/job:7", {"payload": payload, "why": "it is broken"}).status == 200
    oncall.jobs.edit.assert_awaited_once_with("job:7", text, API)


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("drop", {"ids": ["1"]}, "why"),
        ("drop", {"why": "w"}, "filter"),
        ("drop", {"why": "w", "ids": ["1"], "filter": {}}, "filter"),
        ("drop", {"why": "w", "ids": ["1"] * 1001}, "ids"),
        ("retry", {"why": "w", "ids": [1]}, "ids"),
        ("retry", {"why": "w", "filter": {"state": "asleep"}}, "filter.state"),
        ("retry", {"why": "w", "filter": {"chat": "shop"}}, "chat"),
        ("queues/pay/pause", {}, "why"),
        ("queues/pay/pause", {"why": "w", "force": True}, "force"),
    ],
)
def test_a_bad_body_is_refused_by_the_name_of_its_field(ask, oncall, path, body, field):
    answer = ask("POST", f"/ops/outbox/{path}", body)
    assert answer.status == 400
    assert field in answer.json["error"]
    assert oncall.mock_calls == []


def test_what_cannot_be_done_says_why(ask, oncall):
    oncall.jobs.queues.side_effect = OnCallError("jobs are kept in Postgres, and none was given")
    assert ask("GET", "/ops/outbox/queues").status == 409
    oncall.jobs.queues.side_effect = StoreUnavailable("Postgres does not answer")
    answer = ask("GET", "/ops/outbox/queues")
    assert (answer.status, answer.json) == (503, {"error": "Postgres does not answer"})


def test_without_the_token_nothing_is_told_and_nothing_is_done(ask, oncall):
    for method, path in [("GET", "/ops/outbox"), ("POST", "/ops/outbox/drop"), ("PUT", "/ops/outbox/1")]:
        assert ask(method, path, headers={}).status == 401
    assert oncall.mock_calls == []


def test_the_list_of_routes_has_these_too(ask):
    told = {
        (route["method"], route["path"]): route["for"] for route in ask("GET", "/ops/", headers=BEARER).json
    }
    assert told["POST", "/ops/outbox/queues/<queue>/pause"].startswith("Have nobody take jobs")


def test_who_is_logged_in_at_the_console_is_shown_and_logged_out_by_who_says_why(ask, oncall):
    oncall.people.logged_in.return_value = [PersonReport("tg:7001", "Анна", 2, 1, 2)]
    assert ask("GET", "/ops/people").json[0]["person"] == "tg:7001"
    oncall.people.log_out.return_value = Outcome("tg:7001", "tg:7001 is logged out everywhere.")
    assert ask("POST", "/ops/people/tg:7001/out", {"why": "gone"}).json["says"].endswith("everywhere.")
    oncall.people.log_out.assert_awaited_once_with("tg:7001", By("api", "gone"))
    assert ask("POST", "/ops/people/tg:7001/out", {}).status == 400


def test_periodic_work_is_shown_and_run_now_by_who_says_why(ask, oncall):
    oncall.periodic.works.return_value = [
        PeriodicReport("tidy", "every 60 s", 1, 2, "job:5", "done", seconds=0.5)
    ]
    assert ask("GET", "/ops/periodic").json[0]["result"] == "done"
    oncall.periodic.run.return_value = Outcome("tidy", "tidy runs: job:6.")
    answer = ask("POST", "/ops/periodic/tidy/run", {"why": "the provider is back"})
    assert answer.json["says"] == "tidy runs: job:6."
    oncall.periodic.run.assert_awaited_once_with("tidy", By("api", "the provider is back"))
    assert ask("POST", "/ops/periodic/tidy/run", {}).status == 400


def test_the_last_hours_are_told_in_as_many_points_as_are_wanted(ask, oncall):
    oncall.past.points.return_value = Past(60, [Point(1, 2.0, 2.0, 4.0, 0.1, 0.2, None, None)])
    answer = ask("GET", "/ops/history?seconds=3600&most=60&since_ms=5")
    assert (answer.json["step_seconds"], answer.json["points"][0]["accepted"]) == (60, 2.0)
    oncall.past.points.assert_awaited_once_with(3600, most=60, since_ms=5)
    assert ask("GET", "/ops/history?seconds=86400").status == 400
