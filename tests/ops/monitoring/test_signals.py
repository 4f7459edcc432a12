"""The dashboard and the alerts ask for what the code measures, and every alert leads to a page that helps."""

import re
import shutil
import subprocess

import pytest

from tests.ops.monitoring.metrics import (
    ADDED_BY_PROMETHEUS,
    ROOT,
    labels_by_name,
    labels_in,
    names_in,
    names_of,
    ours,
)
from tests.ops.monitoring.published import (
    ALERTS,
    DASHBOARD,
    EXPRESSIONS,
    GROUPS,
    OF_PLATFORM,
    PANELS,
    ROOMS,
    RULES,
)
from tests.ops.monitoring.runbook import PAGES, sections

FEW = {"bot", "status", "verdict", "reason", "outcome", "loop", "store", "state", "path", "queue", "account",
       "model", "purpose", "kind", "work", "sender", "callback", "name"}  # fmt: skip
"""Labels of which an installation has a handful. A chat, a message or a person is never one;
`name` is what a program calls its own code.
"""


@pytest.mark.parametrize(("where", "expression"), EXPRESSIONS, ids=[where for where, _ in EXPRESSIONS])
def test_every_metric_and_label_asked_for_is_one_that_the_code_defines(where, expression) -> None:
    known = labels_by_name()
    names = names_in(expression)
    assert names, "asks for no metric"
    assert not names - set(known)
    assert not labels_in(expression) - set().union(*(known[name] for name in names)) - ADDED_BY_PROMETHEUS


def test_the_dashboard_shows_every_metric_that_the_code_defines() -> None:
    shown = set().union(*(names_in(target["expr"]) for panel in PANELS for target in panel["targets"]))
    assert not [metric._name for metric in ours() if not names_of(metric) & shown]


def test_the_files_of_the_platform_know_of_no_bot() -> None:
    asked = set().union(*(names_in(expression) for _, expression in OF_PLATFORM))
    assert not asked & set().union(*(names_of(metric) for metric in of_rooms()))


def of_rooms():
    """The metrics that are a bot's own."""
    source = "\n".join(
        path.read_text(encoding="utf-8") for folder in ROOMS.values() for path in folder.parent.rglob("*.py")
    )
    return [metric for metric in ours() if f'"{metric._name}' in source]


def test_what_a_bot_brings_says_whose_it_is() -> None:
    gauges = [metric for metric in of_rooms() if metric._type == "gauge"]
    assert gauges
    assert not [metric._name for metric in gauges if metric._labelnames[:1] != ("bot",)]


def test_metrics_are_named_by_the_conventions() -> None:
    for metric in ours():
        name = metric._name
        assert re.fullmatch(r"mailroom(_[a-z]+)+", name)
        assert not name.endswith(("_ms", "_milliseconds", "_mb", "_count", "_sum", "_bucket", "_info")), name
        assert metric._type != "histogram" or name.endswith(("_seconds", "_bytes")), name
        assert metric._type != "gauge" or not name.endswith("_total"), name
        assert metric._documentation[0].isupper(), f"the help of {name} is a sentence"


def test_no_metric_has_a_label_with_many_values() -> None:
    assert not {metric._name: metric._labelnames for metric in ours() if set(metric._labelnames) - FEW}


@pytest.mark.parametrize("rule", ALERTS, ids=lambda rule: rule["alert"])
def test_every_alert_says_how_bad_it_is_what_it_is_and_where_to_read_on(rule) -> None:
    assert set(rule) == {"alert", "expr", "for", "labels", "annotations"}
    assert re.fullmatch(r"\d+[smh]", rule["for"])
    assert rule["labels"] in ({"severity": "page"}, {"severity": "ticket"})
    assert set(rule["annotations"]) == {"summary", "runbook"}
    page, _, anchor = rule["annotations"]["runbook"].partition("#")
    assert (ROOT / page).is_file()
    assert anchor in dict(sections(PAGES[page]))


def test_no_two_alerts_and_no_two_groups_have_the_same_name() -> None:
    for named, name in ((ALERTS, "alert"), (GROUPS, "name")):
        names = [one[name] for one in named]
        assert len(names) == len(set(names))


@pytest.mark.skipif(shutil.which("promtool") is None, reason="there is no promtool here")
def test_prometheus_takes_the_rules(tmp_path) -> None:
    rules = tmp_path / "rules.yml"
    rules.write_text(RULES, encoding="utf-8")
    said = subprocess.run(
        ["promtool", "check", "rules", "--lint-fatal", rules], capture_output=True, text=True, check=False
    )  # fmt: skip
    assert said.returncode == 0, said.stdout + said.stderr


def test_the_dashboard_has_its_rows_and_works_with_any_data_source() -> None:
    rows = [panel["title"] for panel in DASHBOARD["panels"] if panel["type"] == "row"]
    assert rows == [
        "Traffic",
        "Latency",
        "Mailboxes",
        "Failures",
        "Jobs",
        "Models",
        "Supervision",
        "Stores",
        "Process",
        "Shop",
    ]
    assert DASHBOARD["templating"]["list"][0]["type"] == "datasource"
    assert all(panel["datasource"]["uid"] == "${datasource}" for panel in PANELS)


def test_the_panels_of_the_dashboard_lie_side_by_side() -> None:
    ids = [panel["id"] for panel in DASHBOARD["panels"]]
    assert len(ids) == len(set(ids))
    taken: set[tuple[int, int]] = set()
    for panel in DASHBOARD["panels"]:
        at = panel["gridPos"]
        places = {(at["x"] + x, at["y"] + y) for x in range(at["w"]) for y in range(at["h"])}
        assert at["x"] + at["w"] <= 24
        assert not places & taken
        taken |= places
