"""`tree`, `top`, `chat` and `audit`: what they say, for people and for programs."""

import json
from dataclasses import replace

import pytest

from mailroom.ops.cli import tables
from mailroom.ops.faults import CannotStartError
from mailroom.storage.redis.entry import Chat
from mailroom.supervisors.oncall.concerns import Concern, Thing
from mailroom.supervisors.oncall.events import EventReport
from mailroom.supervisors.oncall.past import Past, Point
from mailroom.supervisors.oncall.people import PersonReport
from mailroom.supervisors.oncall.periodic import PeriodicReport
from mailroom.supervisors.oncall.reports import ChatLine, Intervention, Suspension
from tests.ops.cli.fake_oncall import NOW_MS, chat_report, job, node, process, waiting


def lines(result):
    return result.stdout.splitlines()


def line_with(result, words):
    return next(line for line in lines(result) if words in line)


def test_the_tree_is_indented_and_aligned(mailroom, oncall):
    result = mailroom("tree")
    assert lines(result)[0] == "worker-1: ingress, worker, pid 4711 on host-a, up 1 h 1 min"
    heading, root, chats, timers = lines(result)[1:5]
    assert [line.index(line.strip()) for line in (root, chats, timers)] == [0, 2, 4]
    column = heading.index("STATE")
    assert [line[column : column + 7] for line in (root, chats, timers)] == ["running"] * 3
    assert timers.split() == ["timers", "running", "1", "h", "1", "min", "0"]
    assert result.exit_code == 0


def test_the_tree_says_in_one_line_what_waits_died_and_is_suspended(mailroom, oncall):
    oncall.counts = type(oncall.counts)(2, 5, NOW_MS - 200_000, 1, 0)
    oncall.held = [Suspension("shop", "ann", "x", NOW_MS)]
    said = lines(mailroom("tree"))[-1]
    assert said == (
        "5 messages waiting in 2 chats, the oldest accepted 3 min 20 s ago. 1 dead letter."
        " 1 suspension: shop."
    )
    oncall.counts, oncall.held = type(oncall.counts)(0, 0, 0, 0, 0), []
    assert lines(mailroom("tree"))[-1] == "Nothing waits. 0 dead letters. 0 suspensions."


def test_a_node_that_crashed_shows_its_last_error_in_one_line_and_whole_when_asked(mailroom, oncall):
    crashed = node(
        "chats/timers",
        "restarting",
        error="ValueError: no\nsecond line",
        traceback="Traceback (most recent call last):\n  deep inside\nValueError: no\n",
        error_ms=NOW_MS - 5_000,
        next_start_ms=NOW_MS + 90_500,
    )
    oncall.processes = [process(node("", children=[crashed]))]
    brief = mailroom("tree")
    assert "restarting in 1 min 30 s" in line_with(brief, "timers")
    assert line_with(brief, "timers").endswith("5 s ago: ValueError: no")
    assert "second line" not in brief.stdout
    assert "deep inside" not in brief.stdout
    assert "chats/timers in worker-1, 5 s ago:\nTraceback (most" in mailroom("tree", "--errors").stdout


def test_a_long_error_is_not_cut_in_a_pipe(mailroom, oncall):
    oncall.processes = [process(node("", children=[node("a", error="E: " + "x" * 400, error_ms=NOW_MS)]))]
    assert line_with(mailroom("tree"), "x" * 400)


def test_on_a_narrow_terminal_names_stay_whole_and_the_error_is_folded(mailroom, oncall, monkeypatch):
    monkeypatch.setattr(tables, "_is_terminal", lambda err: True)
    monkeypatch.setenv("COLUMNS", "60")
    failed = node("chats/actors-of-shop", "stuck", error="E: " + "word " * 30, error_ms=NOW_MS)
    oncall.processes = [process(node("", children=[failed]))]
    shown = mailroom("tree").stdout
    assert "actors-of-shop" in shown
    assert shown.count("word") == 30
    assert "…" not in shown


def test_what_a_terminal_would_obey_is_shown_and_not_obeyed(mailroom, oncall):
    hostile = "E: \x1b[2J\x1b]0;gone\x07 \u202e [red]not markup[/red]"
    oncall.processes = [process(node("", children=[node("a", error=hostile, traceback=hostile, error_ms=1)]))]
    shown = mailroom("tree", "--errors").stdout
    assert not {"\x1b", "\x07", "\u202e"} & set(shown)
    assert shown.count(r"\x1b[2J\x1b]0;gone\x07 \u202e [red]not markup[/red]") == 2


def test_a_silent_process_is_listed_with_the_reason(mailroom, oncall):
    oncall.processes = [process(None, "worker-2", "did not answer within 2 s"), process(node(""))]
    result = mailroom("tree")
    assert lines(result)[1] == "  did not answer within 2 s"
    assert "worker-1: " in result.stdout


def test_a_tree_of_nothing_says_how_to_start(mailroom, oncall):
    oncall.processes = []
    assert "No process runs: start one with `mailroom up`" in mailroom("tree").stdout


def test_the_tree_as_json_has_everything(mailroom, oncall):
    oncall.held = [Suspension("shop", "ann", "x", 1)]
    report = json.loads(mailroom("tree", "--json").stdout)
    assert report["processes"][0]["root"]["children"][0]["children"][0]["path"] == "chats/timers"
    assert report["totals"]["messages_waiting"] == 5
    assert report["suspensions"] == [{"target": "shop", "who": "ann", "why": "x", "since_ms": 1}]


def test_top_asks_for_what_it_was_asked(mailroom, oncall):
    oncall.lines = [ChatLine(Chat("shop", "-100"), 12, 61.0, "shop")]
    result = mailroom("top", "--by", "age", "-n", 5)
    assert oncall.asked == [("top", "age", 5)]
    assert lines(result)[1].split() == ["shop:-100", "12", "1", "min", "1", "s", "shop"]
    (row,) = json.loads(mailroom("top", "--json").stdout)
    assert row == {"chat": "shop:-100", "depth": 12, "age_seconds": 61.0, "suspended": "shop"}
    assert oncall.asked[-1] == ("top", "depth", 20)
    oncall.lines = []
    assert mailroom("top").stdout == "No chat has messages waiting.\n"


@pytest.mark.parametrize("words", [["shop", "42"], ["shop:42"]])
def test_a_chat_shows_what_there_is_to_know(mailroom, oncall, words):
    oncall.report = chat_report(
        waiting(17),
        depth=30,
        suspended="shop",
        timers={"remind": NOW_MS + 61_500},
        parked_until_ms=NOW_MS + 30_500,
        dead_letters=2,
    )
    oncall.held = [Suspension("shop", "bob", "supplier down", NOW_MS - 60_000)]
    shown = mailroom("chat", *words).stdout
    assert shown.startswith("shop:42 (partition 3)\n")
    for fact in (
        "suspended:    yes, with shop: by bob 1 min ago, because: supplier down",
        "`mailroom resume shop`",
        "30 s from now",
        "waiting:      30 messages",
        "message 17 (message, update 517, accepted ",
        "2 attempts so far)",
        "owner:        worker-1, epoch 7",
        "dead letters: 2",
        'step: "cart"',
        "remind: due in 1 min 1 s",
        "running: [17]",
        '{"update_id": 1}',
        "… and 29 more.",
    ):
        assert fact in shown


def test_a_chat_with_nothing_in_it_says_so(mailroom, oncall):
    oncall.report = chat_report(owner="", state={}, actor={})
    shown = mailroom("chat", "shop", "42").stdout
    assert "suspended:    no" in shown
    assert "head:         nothing waits" in shown
    assert "owner:        nobody" in shown
    assert "actor:        not in memory" in shown


def test_a_chat_as_json_names_its_suspension(mailroom, oncall):
    oncall.report = chat_report(waiting(17), suspended="shop")
    oncall.held = [Suspension("else", "x", "y", 1), Suspension("shop", "bob", "why", 2)]
    report = json.loads(mailroom("chat", "shop", "42", "--json").stdout)
    assert (report["chat"], report["waiting"][0]["seq"]) == ("shop:42", 17)
    assert report["suspension"] == {"target": "shop", "who": "bob", "why": "why", "since_ms": 2}


@pytest.mark.parametrize(
    "words", [["shop", "-10042"], ["shop", "-10042", "--json"], ["--json", "shop:-10042"]]
)
def test_the_number_of_a_group_is_no_option(mailroom, oncall, words):
    seen = []
    oncall.chat = lambda target: _noted(seen, target, oncall.report)
    assert mailroom("chat", *words).exit_code == 0
    assert seen == ["shop:-10042"]


async def _noted(seen, target, report):
    seen.append(target)
    return report


@pytest.mark.parametrize("words", [["shop"], ["shop:1", "2"], [":1"], ["shop:"], ["shop", ""]])
def test_a_chat_that_is_not_named_whole_is_wrong_usage(mailroom, oncall, words):
    result = mailroom("chat", *words)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "mailroom chat mybot 123" in result.stderr


def test_the_audit_has_who_what_when_why_and_what_came_of_it(mailroom, oncall):
    oncall.interventions = [Intervention(NOW_MS, "ann", "suspend", "shop", "broken", "shop is suspended.")]
    row = lines(mailroom("audit"))[1]
    assert row == "2023-11-14 22:13:20Z  ann  suspend  shop    shop is suspended. (broken)"
    assert json.loads(mailroom("audit", "--json").stdout)[0]["why"] == "broken"
    assert mailroom("audit", "-n", 0).exit_code == 2
    oncall.interventions = []
    assert mailroom("audit").stdout == "Nobody has intervened yet.\n"


def test_what_cannot_be_done_is_told_on_standard_error_and_with_json_on_both(mailroom, oncall):
    oncall.failing["totals"] = CannotStartError("REDIS_URL: cannot use it")
    plain = mailroom("tree")
    assert (plain.exit_code, plain.stdout, plain.stderr) == (1, "", "REDIS_URL: cannot use it\n")
    both = mailroom("tree", "--json")
    assert (both.exit_code, json.loads(both.stdout)) == (1, {"error": "REDIS_URL: cannot use it"})
    assert both.stderr == plain.stderr


def test_a_wrong_configuration_is_exit_2_in_json_too(mailroom, oncall, monkeypatch):
    monkeypatch.setenv("PORT", "http")
    result = mailroom("tree", "--json")
    assert result.exit_code == 2
    assert "PORT (environment): must be a whole number" in json.loads(result.stdout)["error"]


def test_a_fault_of_ours_is_not_dressed_up(mailroom, oncall):
    oncall.failing["totals"] = ZeroDivisionError("ours")
    with pytest.raises(ZeroDivisionError):
        mailroom("tree")


@pytest.mark.parametrize("command", ["tree", "top", "chat", "restart", "suspend", "resume", "drain", "audit"])
def test_every_command_has_an_example_and_says_how_errors_are_told(mailroom, oncall, command):
    told = mailroom(command, "--help").stdout
    assert f"\n    mailroom {command} " in told
    assert '{"error": "…"}' in told


@pytest.mark.parametrize(("slip", "meant"), [("tre", "tree"), ("ressume", "resume"), ("suspnd", "suspend")])
def test_a_misspelled_command_is_answered_with_the_nearest(mailroom, oncall, slip, meant):
    result = mailroom(slip)
    assert result.exit_code == 2
    assert f"Did you mean '{meant}'" in result.stderr


def test_what_a_stranger_wrote_moved_the_cursor_of_whoever_asked_for_json(mailroom, oncall):
    hostile = "\x1b[2J\x9b31m\x7f\u202e"
    oncall.failing["totals"] = CannotStartError(hostile)
    asked = mailroom("tree", "--json")
    assert json.loads(asked.stdout) == {"error": hostile}, "as JSON it says the same"
    assert not set(hostile) & set("\x1b\x9b\x7f\u202e") & set(asked.stdout + asked.stderr)


def test_what_needs_on_call_is_said_first_things_first_with_what_to_do(mailroom, oncall):
    oncall.concerns = [
        Concern(
            "dead_jobs", "act", "7 jobs failed for good", "Read the error.",
            "mailroom outbox list --state dead", 7,
            (Thing("job:8", "job/job:8", "no street\nat all", NOW_MS - 5_000), Thing("job:7", "job/job:7")),
        )
    ]  # fmt: skip
    said = lines(mailroom("attention"))
    assert said[:6] == [
        "7 jobs failed for good.",
        "  job:8, 5 s ago: no street",
        "  job:7",
        "  and 5 more",
        "  Read the error.",
        "  $ mailroom outbox list --state dead",
    ]
    oncall.concerns = []
    assert lines(mailroom("attention")) == ["All is well: nothing needs you."]


def test_the_last_hours_are_a_line_for_each_while(mailroom, oncall):
    oncall.before = Past(900, [Point(NOW_MS, 1.25, 1.0, 2.0, 0.05, 1.5, None, None)])
    result = mailroom("history", "--last", "2h")
    assert oncall.asked == [("past", 7200, 24)]
    assert lines(result)[0] == "Per second, over 15 min each; times of half and of 99% of attempts:"
    assert lines(result)[2].split()[2:] == ["1.2", "1.0", "2.0", "50", "ms", "1.5", "s", "–", "–"]
    assert mailroom("history", "--last", "soon").exit_code == 2


def test_dead_jobs_are_counted_in_the_line_below_the_tree(mailroom, oncall):
    oncall.counts = type(oncall.counts)(0, 0, 0, 1, 0, dead_jobs=2)
    assert lines(mailroom("tree"))[-1] == "Nothing waits. 1 dead letter, 2 dead jobs. 0 suspensions."


def test_a_part_that_runs_and_cannot_work_is_not_called_running(mailroom, oncall):
    oncall.processes = [process(node("", children=[node("stores/redis", ails="Redis does not answer")]))]
    line = line_with(mailroom("tree"), "redis")
    assert "cannot work" in line
    assert line.endswith("Redis does not answer")


def test_periodic_work_is_listed_with_what_came_of_it_and_run_once(mailroom, oncall):
    oncall.works = [
        PeriodicReport("payment.list", "17 1 * * * UTC", 0, NOW_MS + 60_000),
        PeriodicReport(
            "tidy", "every 60 s", NOW_MS - 90_000, NOW_MS, "job:5", "dead", "no\nway", overdue_seconds=30.0
        ),
    ]
    said = lines(mailroom("periodic"))
    assert said[1].split() == ["payment.list", "17", "1", "*", "*", "*", "UTC", "never", "in", "1", "min"]
    assert said[2].split()[4:] == [
        "1", "min", "30", "s", "ago", "job:5", "dead", "late", "by", "30", "s", "no",
    ]  # fmt: skip
    assert mailroom("periodic", "run", "tidy", "--why", "x").stdout == "run of tidy done.\n"
    assert oncall.asked[-1][:2] == ("run", "tidy")


def test_who_is_logged_in_at_the_console_is_listed_and_logged_out(mailroom, oncall):
    assert mailroom("people").stdout.startswith("Nobody is logged in.")
    oncall.at_work = [PersonReport("tg:7001", "Анна", 2, NOW_MS - 90_000, NOW_MS + 60_000)]
    said = lines(mailroom("people"))
    assert said[1].split() == ["tg:7001", "Анна", "2", "1", "min", "30", "s", "ago", "in", "1", "min"]
    assert mailroom("people", "out", "tg:7001", "--why", "x").stdout == "log out of tg:7001 done.\n"
    assert oncall.asked[-1][:2] == ("log out", "tg:7001")


def test_how_many_came_how_far_with_a_bot_is_counted_for_people_and_for_programs(mailroom, oncall):
    assert mailroom("events").stdout == "No bot has told of anything in these days.\n"
    oncall.tallies = [
        EventReport("shop", "start", 40, 31, NOW_MS - 90_000),
        EventReport("shop", "paid", 5, 4, NOW_MS - 5_000),
    ]
    said = lines(mailroom("events", "shop", "--days", "30"))
    assert oncall.asked[-1] == ("events", 30, "shop")
    assert said[0].split() == ["BOT", "WHAT", "PEOPLE", "TIMES", "LAST"]
    assert said[1].split() == ["shop", "start", "31", "40", "1", "min", "30", "s", "ago"]
    assert json.loads(mailroom("events", "--json").stdout)[1]["people"] == 4
    assert mailroom("events", "--days", "91").exit_code == 2


def test_jobs_that_are_over_are_listed_by_their_end(mailroom, oncall):
    oncall.found_jobs = [replace(job(5, "done"), ended_ms=NOW_MS - 5_000, seconds=0.25)]
    said = lines(mailroom("outbox", "list", "--state", "done"))
    assert said[1].split() == [
        "job:5",
        "done",
        "delivery",
        "shop.deliver",
        "5",
        "s",
        "ago",
        "3",
        "0.2",
        "s",
        "t-1",
    ]
