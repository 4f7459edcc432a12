"""`restart`, `suspend`, `resume`, `drain` and `chat --skip`: what is asked of whom, and what is done."""

import getpass
import json
import socket

import pytest

from mailroom.ops.cli import consent
from mailroom.supervisors.oncall.errors import OnCallError, UnknownTargetError
from mailroom.supervisors.oncall.reports import By, Outcome, Suspension
from tests.ops.cli.fake_oncall import chat_report, waiting

ACTIONS = ("restart", "suspend", "resume", "drain")
YES = {"drain": ["--yes"]}
BY = By("ann", "because")


@pytest.mark.parametrize("action", ACTIONS)
def test_an_action_is_done_with_who_and_why_and_told(mailroom, oncall, action):
    result = mailroom(action, "shop:42", "--why", " because ", *YES.get(action, ()))
    assert (result.exit_code, result.stdout) == (0, f"{action} of shop:42 done.\n")
    assert oncall.asked[0][:3] == (action, "shop:42", BY)


def test_a_restart_can_be_of_one_process(mailroom, oncall):
    mailroom("restart", "timers", "--why", "because", "--process", "worker-2")
    assert oncall.asked == [("restart", "timers", BY, "worker-2")]


def test_a_drain_says_how_long(mailroom, oncall):
    mailroom("drain", "shop", "--why", "because", "--yes")
    mailroom("drain", "shop", "--why", "because", "--yes", "--seconds", "1.5")
    assert [more[-1] for more in oncall.asked] == [30.0, 1.5]


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("why", [[], ["--why", " "]])
def test_without_a_reason_a_script_is_refused(mailroom, oncall, action, why):
    result = mailroom(action, "shop", *YES.get(action, ()), *why)
    assert (result.exit_code, result.stdout, oncall.asked) == (2, "", [])
    assert result.stderr == 'Say why, for the audit: --why "…". Nothing was done.\n'


def test_a_person_is_asked_for_the_reason_until_there_is_one(mailroom, oncall):
    result = mailroom("resume", "shop", answers="\n \nbecause\n")
    assert oncall.asked == [("resume", "shop", BY)]
    assert result.stdout.endswith("resume of shop done.\n")
    assert result.stderr.count("Why?") == 3


@pytest.mark.parametrize(
    ("words", "question"),
    [(["suspend", "everything"], "Suspend everything?"), (["drain", "shop"], "Drain shop?")],
)
def test_what_stops_much_is_asked_about(mailroom, oncall, words, question):
    command = [*words, "--why", "because"]
    refused = mailroom(*command)
    assert (refused.exit_code, oncall.asked) == (2, [])
    assert question in refused.stderr
    assert "give --yes" in refused.stderr

    declined = mailroom(*command, answers="n\n")
    assert (declined.exit_code, oncall.asked) == (1, [])
    assert declined.stderr.endswith("Nothing was done.\n")

    assert mailroom(*command, answers="y\n").exit_code == 0
    assert mailroom(*command, "--yes").exit_code == 0
    assert len(oncall.asked) == 2


def test_suspending_one_bot_is_not_asked_about(mailroom, oncall):
    assert mailroom("suspend", "shop", "--why", "because").exit_code == 0


@pytest.mark.parametrize("action", ACTIONS)
def test_without_a_target_it_says_what_there_is(mailroom, oncall, action):
    oncall.held = [Suspension("shop:7", "ann", "x", 1)]
    result = mailroom(action)
    assert (result.exit_code, result.stdout, oncall.asked) == (2, "", [])
    for words in (
        f'Usage: mailroom {action} TARGET --why "…"',
        "everything all chats of all bots",
        "shop a bot",
        "shop:123 one chat",
        "Bots: shop",
        "Nodes: chats, chats/timers",
        "Suspended: shop:7",
    ):
        assert words in " ".join(result.stderr.split())


def test_without_a_target_and_without_redis_the_kinds_of_targets_are_explained(mailroom, oncall):
    async def down():
        raise OnCallError("Redis is down")

    oncall.tree = down
    result = mailroom("restart")
    assert result.exit_code == 2
    assert "one chat" in result.stderr
    assert "The nodes cannot be listed now: Redis is down" in result.stderr


def test_what_the_desk_refuses_is_exit_1_with_its_words(mailroom, oncall):
    oncall.failing["restart"] = UnknownTargetError('nothing is called "timres". Did you mean chats/timers?')
    result = mailroom("restart", "timres", "--why", "because")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == 'nothing is called "timres". Did you mean chats/timers?\n'
    as_json = mailroom("restart", "timres", "--why", "because", "--json")
    assert "Did you mean" in json.loads(as_json.stdout)["error"]


def test_wrong_usage_is_json_too_where_that_was_asked_for(mailroom, oncall):
    result = mailroom("suspend", "shop", "--json")
    assert (result.exit_code, list(json.loads(result.stdout))) == (2, ["error"])


def test_an_outcome_as_json_has_its_numbers(mailroom, oncall):
    oncall.outcome = Outcome("shop", "done", done=3)
    report = json.loads(mailroom("restart", "shop", "--why", "because", "--json").stdout)
    assert report == {"target": "shop", "says": "done", "done": 3, "failed": 0, "unfinished": 0}


def test_a_drain_that_is_not_finished_is_exit_1(mailroom, oncall):
    oncall.outcome = Outcome("shop", "2 messages still being handled", unfinished=2)
    result = mailroom("drain", "shop", "--why", "because", "--yes")
    assert (result.exit_code, result.stdout) == (1, "2 messages still being handled\n")


def test_a_suspension_does_not_wait_for_what_is_in_progress(mailroom, oncall):
    oncall.outcome = Outcome("shop", "suspended, 2 in progress", unfinished=2)
    assert mailroom("suspend", "shop", "--why", "because").exit_code == 0


def test_an_action_that_failed_somewhere_is_exit_1(mailroom, oncall):
    oncall.outcome = Outcome("shop", "worker-2 did not answer", failed=1)
    assert mailroom("restart", "shop", "--why", "because").exit_code == 1


def test_waiting_can_be_broken_off(mailroom, oncall):
    def broken_off(*_):
        raise KeyboardInterrupt

    oncall.outcome = broken_off
    result = mailroom("drain", "shop", "--why", "because", "--yes")
    assert result.exit_code == 1
    assert "What was begun is not undone" in result.stderr


def test_the_head_of_the_line_is_skipped_after_a_yes_about_that_very_message(mailroom, oncall):
    oncall.report = chat_report(waiting(17), waiting(18))
    command = ["chat", "shop", "42", "--skip", "--why", "because"]
    result = mailroom(*command, answers="y\n")
    assert "Move message 17 (message, update 517, " in result.stderr
    assert "2 attempts so far) of shop:42 to the dead letters?" in result.stderr
    assert oncall.asked == [("skip", "shop:42", BY, 17)]
    assert mailroom(*command, answers="n\n").exit_code == 1
    assert mailroom(*command).exit_code == 2
    assert len(oncall.asked) == 1


def test_a_message_further_back_can_be_skipped(mailroom, oncall):
    oncall.report = chat_report(waiting(17), waiting(18))
    mailroom("chat", "shop:42", "--skip", "--seq", 18, "--why", "because", answers="y\n")
    mailroom("chat", "shop:42", "--skip", "--seq", 99, "--why", "because", answers="y\n")
    mailroom("chat", "shop:42", "--skip", "--why", "because", "--yes")
    assert [more[-1] for more in oncall.asked] == [18, 99, None]


def test_in_an_empty_chat_there_is_nothing_to_skip(mailroom, oncall):
    oncall.report = chat_report()
    result = mailroom("chat", "shop", "42", "--skip", "--why", "because", answers="y\n")
    assert (result.exit_code, oncall.asked) == (1, [])
    assert "Nothing waits in shop:42" in result.stderr


@pytest.mark.parametrize("option", [["--seq", "1"], ["--why", "because"], ["--yes"]])
def test_options_of_skip_without_skip_are_wrong_usage(mailroom, oncall, option):
    assert mailroom("chat", "shop", "42", *option).exit_code == 2


def test_who_acts_is_the_login_where_nobody_is_named(mailroom, oncall, monkeypatch):
    monkeypatch.delenv("MAILROOM_OPERATOR")
    mailroom("resume", "shop", "--why", "because")
    assert oncall.asked[0][2].who == f"{getpass.getuser()}@{socket.gethostname()}"


def test_a_user_without_a_name_is_a_number(monkeypatch):
    monkeypatch.delenv("MAILROOM_OPERATOR", raising=False)
    monkeypatch.setattr(consent.getpass, "getuser", lambda: {}["nobody"])
    assert consent.operator().startswith("uid ")
