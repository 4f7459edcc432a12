"""The runbook says what is so: its commands can be typed, its metrics, alerts and log lines exist."""

import re
from typing import get_args

import pytest
import typer

from mailroom.ops.bundled import room
from mailroom.ops.cli import app
from mailroom.ops.cli.ask.command import read_fields
from mailroom.supervisors.otp import trace
from tests.ops.monitoring.metrics import labels_by_name, names_in, source
from tests.ops.monitoring.published import ALERTS, PANELS
from tests.ops.monitoring.runbook import (
    ANCHORS,
    NOT_A_SYMPTOM,
    PAGES,
    SECTIONS,
    SYMPTOMS,
    TEXT,
    mailroom_calls,
    sections,
    shell_lines,
)

CALLS = sorted({tuple(call) for line in shell_lines(TEXT) for call in mailroom_calls(line)})
STEPS = ["You see", "Look", "Do", "Users", "Over when"]
LOG_LINES = {"ready", "stopping", "stuck"}
WORDS_WITH_A_LINE = re.compile(r"`([a-z]+(?:_[a-z]+)+|dead|handled|parked)`")
NOT_LOG_LINES = {"whole_bot", "no_answer"}


@pytest.mark.parametrize("call", CALLS, ids=" ".join)
def test_every_command_in_the_runbook_is_one_and_has_these_options(call) -> None:
    command, words = typer.main.get_command(app), list(call)
    while (inner := getattr(command, "commands", None)) is not None:
        if not words and getattr(command, "invoke_without_command", False):
            break
        assert words, "a group of commands alone does nothing"
        assert words[0] in inner
        command = inner[words.pop(0)]
    command.make_context(command.name, words)  # raises a usage error


@pytest.mark.parametrize("call", [call for call in CALLS if call[0] == "ask"], ids=" ".join)
def test_every_ask_in_the_runbook_is_one_and_has_these_fields(call) -> None:
    _, kind, name, *fields = call
    asks = {ask.name: ask for ask in room(kind).parts().section.asks}
    assert read_fields(asks[name], kind, fields, None) is not None


def test_the_runbook_uses_every_command_of_on_call() -> None:
    used = {call[0] for call in CALLS}
    assert {
        "tree",
        "top",
        "chat",
        "dead",
        "suspend",
        "resume",
        "restart",
        "drain",
        "audit",
        "outbox",
        "ask",
    } <= used
    assert {call[1] for call in CALLS if call[0] == "dead"} == {
        "list",
        "reasons",
        "show",
        "edit",
        "requeue",
        "drop",
    }
    assert {call[1] for call in CALLS if call[0] == "outbox"} == {
        "list",
        "show",
        "queues",
        "retry",
        "drop",
        "edit",
        "pause",
        "resume",
    }


def test_every_action_in_the_runbook_says_why() -> None:
    acting = ("suspend", "resume", "restart", "drain", "requeue", "edit", "drop", "retry", "pause", "--skip")
    assert not [call for call in CALLS if set(acting) & set(call) and "--why" not in call]


@pytest.mark.parametrize("anchor", SYMPTOMS)
def test_each_symptom_is_told_in_the_same_five_steps(anchor) -> None:
    steps = re.findall(r"^\*\*([A-Z][a-z ]+?)\.?\*\*", SYMPTOMS[anchor], flags=re.MULTILINE)
    assert steps == STEPS
    assert shell_lines(SYMPTOMS[anchor]), "there is something to type"


@pytest.mark.parametrize("page", PAGES)
def test_the_list_at_the_top_of_a_page_has_every_symptom_in_its_order(page) -> None:
    symptoms = [anchor for anchor, _ in sections(PAGES[page]) if anchor not in NOT_A_SYMPTOM]
    assert re.findall(r"^- \[[^]]+\]\(#([^)]+)\)$", PAGES[page], flags=re.MULTILINE) == symptoms


def test_no_link_inside_the_runbook_is_dead_and_each_leads_to_one_section() -> None:
    assert len(SECTIONS) == len(ANCHORS)
    assert not set(re.findall(r"\]\(#([^)]+)\)", TEXT)) - set(ANCHORS)


@pytest.mark.parametrize("rule", ALERTS, ids=lambda rule: rule["alert"])
def test_the_section_that_an_alert_leads_to_speaks_of_the_alert(rule) -> None:
    page, _, anchor = rule["annotations"]["runbook"].partition("#")
    assert f"`{rule['alert']}`" in dict(sections(PAGES[page]))[anchor]


def test_every_alert_and_metric_that_the_runbook_names_exists() -> None:
    quoted = re.findall(r"`(mailroom_\w+|Mailroom\w+)", TEXT)
    assert not set(quoted) - {rule["alert"] for rule in ALERTS} - set(labels_by_name())
    assert names_in("\n".join(quoted))


def test_every_log_line_that_the_runbook_names_is_one_that_the_code_writes() -> None:
    named = set(WORDS_WITH_A_LINE.findall(TEXT)) - NOT_LOG_LINES | LOG_LINES
    written = {f"child_{kind}" for kind in get_args(trace.Kind)} | set(re.findall(r'"(\w+)"', source()))
    assert not {name for name in named - written if not name.startswith("mailroom_")}


def test_panels_that_the_runbook_names_are_on_the_dashboard() -> None:
    titles = {panel["title"] for panel in PANELS}
    named = set(re.findall(r"(?<!\*)\*([A-Z][\w -]+)\*(?!\*)", TEXT))
    assert named
    assert not {name for name in named if not any(title.startswith(name) for title in titles)}
