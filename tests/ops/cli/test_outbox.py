"""`mailroom outbox`: what is shown of jobs and queues, and that nothing is done that was not meant."""

import json
import sys
from datetime import UTC, datetime

import pytest

from mailroom.storage.postgres.outbox.seen import Wanted
from mailroom.supervisors.oncall.errors import OnCallError, UnknownTargetError
from mailroom.supervisors.oncall.job_reports import JobEvent, JobStory, QueueReport
from mailroom.supervisors.oncall.reports import By, Outcome
from tests.ops.cli.fake_oncall import MINUTE_MS, NOW_MS, job

BY = By("ann", "because")
WHY = ("--why", "because")


@pytest.fixture
def oncall(oncall):
    oncall.found_jobs = [job(3), job(2, "retrying", error="timeout\nof all"), job(1, key=None)]
    oncall.outcome = lambda action, what: Outcome("", f"{action} done.")
    return oncall


def acted(oncall):
    return [each for each in oncall.asked if each[0] != "jobs"]


@pytest.mark.parametrize("words", [[], ["list"]])
def test_outbox_alone_lists(mailroom, oncall, words):
    shown = mailroom("outbox", *words).stdout.splitlines()
    assert " ".join(shown[0].split()) == "ID STATE QUEUE NAME ENQUEUED ATTEMPTS KEY LAST ERROR"
    assert [line.split()[:2] for line in shown[1:]] == [
        ["job:3", "dead"],
        ["job:2", "retrying"],
        ["job:1", "dead"],
    ]
    assert shown[2].endswith("3/10  order-7  timeout")
    assert oncall.asked == [("jobs", Wanted(), 50)]


def test_the_list_takes_a_filter(mailroom, oncall):
    options = {"queue": "mail", "state": "dead", "name": "a", "key": "k", "error": "e"}
    words = [word for option, value in options.items() for word in (f"--{option}", value)]
    mailroom("outbox", *words, "--chat", "shop:-42", "--since", "1h", "--most", 7)
    since = datetime.fromtimestamp(NOW_MS / 1000 - 3600, UTC)
    assert oncall.asked == [("jobs", Wanted(**options, bot="shop", chat="-42", since=since), 7)]


@pytest.mark.parametrize("command", ["list", "retry", "drop"])
@pytest.mark.parametrize(
    ("option", "says"),
    [
        (["--since", "yesterday"], "'yesterday' is no length of time"),
        (["--chat", "42"], "--chat: write BOT:CHAT_ID"),
        (["--state", "retryin"], "Did you mean retrying?"),
        (["--queue", ""], "--queue: is empty"),
        (["--key", " "], "--key: is empty"),
        (["--error", ""], "--error: is empty"),
    ],
)
def test_a_filter_that_means_nothing_never_means_everything(mailroom, oncall, command, option, says):
    extra = [*WHY, "--yes"] if command != "list" else []
    result = mailroom("outbox", command, *option, *extra)
    assert (result.exit_code, oncall.asked) == (2, [])
    assert says in result.stderr


def test_a_list_that_is_cut_says_so_and_one_that_is_empty_too(mailroom, oncall):
    assert mailroom("outbox", "--most", 2).stdout.splitlines()[-1].startswith("The newest 2: --most shows")
    oncall.found_jobs = []
    assert mailroom("outbox").stdout == "No job matches.\n"
    assert json.loads(mailroom("outbox", "--json").stdout) == []


def test_one_is_shown_whole_with_its_history(mailroom, oncall):
    events = (
        JobEvent(NOW_MS, "retry", 1, 2.5, "w-1", "timeout"),
        JobEvent(NOW_MS, "dead", 2, None, "", "no"),
    )
    oncall.story = JobStory("job:1", job(1, traceback="Traceback: here", run_ms=NOW_MS + MINUTE_MS), events)
    shown = mailroom("outbox", "show", "job:1").stdout
    for words in ("job:1 shop.deliver", "chat:        shop:42", "attempts:    3 of 10", "in 1 min"):
        assert words in shown
    for words in ("2.5 s  w-1", "Traceback: here", '  "street": ""\n}', "no street"):
        assert words in shown
    told = json.loads(mailroom("outbox", "show", "1", "--json").stdout)
    assert (told["job"]["chat"], told["history"][0]["error"]) == ("shop:42", "timeout")


def test_one_that_is_over_is_told_from_what_is_left_of_it(mailroom, oncall):
    oncall.story = JobStory("job:1", None, (JobEvent(NOW_MS, "done", 1, 0.1, "w-1", ""),))
    assert mailroom("outbox", "show", "1").stdout.startswith("job:1 is over")
    oncall.failing["job"] = UnknownTargetError("there is no job 1")
    missing = mailroom("outbox", "show", "1", "--json")
    assert (missing.exit_code, json.loads(missing.stdout)) == (1, {"error": "there is no job 1"})


def test_queues_are_counted_with_who_paused_them(mailroom, oncall):
    assert mailroom("outbox", "queues").stdout == "No queue has jobs, and none is paused.\n"
    paused = QueueReport("pay", {"dead": 2}, 0, 0.0, "eve", "down", NOW_MS - MINUTE_MS)
    oncall.found_queues = [QueueReport("mail", {"waiting": 5, "running": 1}, 6, 90.0), paused]
    first, second = mailroom("outbox", "queues").stdout.splitlines()[1:]
    assert first.split() == ["mail", "1", "min", "30", "s", "5", "1"]
    assert second.split(maxsplit=2) == ["pay", "2", "by eve 1 min ago: down"]
    assert json.loads(mailroom("outbox", "queues", "--json").stdout)[0]["jobs"] == {
        "waiting": 5,
        "running": 1,
    }


def test_ids_are_retried_without_a_question_and_dropped_after_a_yes(mailroom, oncall):
    assert mailroom("outbox", "retry", "job:2", "1", "job:2", *WHY).stdout == "retry done.\n"
    assert acted(oncall) == [("retry", ("job:2", "1"), BY)]
    drop = ["outbox", "drop", "job:2", *WHY]
    assert mailroom(*drop).exit_code == 2
    assert mailroom(*drop, answers="n\n").exit_code == 1
    assert len(acted(oncall)) == 1
    assert "Drop 1 job for good?" in mailroom(*drop, answers="y\n").stderr
    mailroom(*drop, "--yes")
    assert acted(oncall)[1:] == [("drop", ("job:2",), BY)] * 2


@pytest.mark.parametrize("verb", ["retry", "drop"])
def test_what_a_filter_finds_is_told_and_asked_about_and_exactly_that_is_done(mailroom, oncall, verb):
    command = ["outbox", verb, "--queue", "delivery", *WHY]
    result = mailroom(*command, answers="y\n")
    assert result.exit_code == 0
    assert " ".join(result.stderr.splitlines()[1].split()) == "2 delivery shop.deliver dead no street"
    assert "3 jobs" in result.stderr
    assert acted(oncall) == [(verb, ("job:3", "job:2", "job:1"), BY)]
    assert oncall.asked[0] == ("jobs", Wanted(queue="delivery", state="dead"), 5000), "the dead unless told"
    assert mailroom(*command).exit_code == 2
    assert mailroom(*command, answers="n\n").exit_code == 1
    assert len(acted(oncall)) == 1
    assert mailroom("outbox", verb, "--all", *WHY, "--yes").exit_code == 0
    mailroom("outbox", verb, "--state", "retrying", *WHY, "--yes")
    assert [each[1].state for each in oncall.asked if each[0] == "jobs"][-2:] == ["dead", "retrying"]


@pytest.mark.parametrize("verb", ["retry", "drop"])
@pytest.mark.parametrize("words", [[], ["--all", "--queue", "mail"], ["1", "--all"], ["1", "--error", "x"]])
def test_what_is_meant_must_be_said_in_one_way(mailroom, oncall, verb, words):
    result = mailroom("outbox", verb, *words, *WHY, "--yes")
    assert (result.exit_code, oncall.asked) == (2, [])
    assert f"Say which to {verb}" in result.stderr


def test_a_filter_that_finds_nothing_is_done_at_once(mailroom, oncall):
    oncall.found_jobs = []
    result = mailroom("outbox", "drop", "--error", "x", *WHY)
    assert (result.exit_code, result.stdout) == (0, "No job matches: nothing was done.\n")


def test_what_could_not_be_done_is_an_exit_code(mailroom, oncall):
    oncall.outcome = lambda action, what: Outcome("", "job:1 is running.", done=0, failed=1)
    assert mailroom("outbox", "retry", "1", *WHY).exit_code == 1


def test_a_queue_is_paused_after_a_yes_and_resumed_at_once(mailroom, oncall):
    assert mailroom("outbox", "pause", "pay", *WHY).exit_code == 2
    assert "Pause all jobs of pay?" in mailroom("outbox", "pause", "pay", *WHY, answers="y\n").stderr
    mailroom("outbox", "pause", "pay", *WHY, "--yes")
    mailroom("outbox", "resume", "pay", *WHY)
    assert acted(oncall) == [("pause", "pay", BY), ("pause", "pay", BY), ("resume", "pay", BY)]
    oncall.failing["pause"] = UnknownTargetError('no queue is called "pya". Did you mean pay?')
    assert "Did you mean pay?" in mailroom("outbox", "pause", "pya", *WHY, "--yes").stderr


@pytest.mark.parametrize(
    "command", ["retry 1", "drop 1 --yes", "edit 1 --payload -", "pause x --yes", "resume x"]
)
def test_nothing_is_done_without_a_reason(mailroom, oncall, command):
    result = mailroom("outbox", *command.split())
    assert (result.exit_code, acted(oncall)) == (2, [])
    assert "Say why" in result.stderr


def test_a_payload_is_replaced_from_standard_input_or_in_an_editor(mailroom, oncall, monkeypatch, tmp_path):
    mailroom("outbox", "edit", "job:1", "--payload", "-", *WHY, answers='{"street": "A"}')
    script = tmp_path / "editor.py"
    script.write_text(
        "import pathlib, sys\nfile = pathlib.Path(sys.argv[-1])\nfile.write_text('{\"b\": 1}')\n"
    )
    monkeypatch.setenv("VISUAL", f"{sys.executable} {script}")
    mailroom("outbox", "edit", "job:1", *WHY, answers="")
    assert acted(oncall) == [("edit", "job:1", BY, '{"street": "A"}'), ("edit", "job:1", BY, '{"b":1}')]
    assert mailroom("outbox", "edit", "job:1", *WHY).exit_code == 2
    oncall.story = JobStory("job:1", None, ())
    assert "is over: there is nothing to edit" in mailroom("outbox", "edit", "1", *WHY, answers="").stderr


def test_without_postgres_it_is_said(mailroom, oncall):
    oncall.failing["job"] = OnCallError("jobs are kept in Postgres: no DATABASE_URL is set")
    result = mailroom("outbox", "show", "1")
    assert (result.exit_code, "DATABASE_URL" in result.stderr) == (1, True)


@pytest.mark.parametrize("command", ["list", "show", "queues", "retry", "drop", "edit", "pause", "resume"])
def test_every_subcommand_has_an_example(mailroom, oncall, command):
    assert f"  mailroom outbox {command} " in mailroom("outbox", command, "--help").stdout
