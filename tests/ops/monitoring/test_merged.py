"""What bots bring is put below the platform's, as one file each; what cannot be is refused by name."""

import json

import pytest
import yaml

from mailroom.ops.monitoring import BroughtError, alerts, dashboard, runbook
from tests import forked
from tests.forked import MAILROOM
from tests.ops.cli.test_commands import environment

GROUP = "# Ours.\ngroups:\n  # The fair.\n  - name: {name}\n    rules: []\n"
PANEL = {"id": 1, "title": "Apples", "gridPos": {"h": 8, "w": 12, "x": 12, "y": 0}}


@pytest.fixture
def stall(tmp_path):
    """A bot's folder with these files in it."""

    def stall(name="stall", **files):
        folder = tmp_path / name
        folder.mkdir(exist_ok=True)
        for kind, text in files.items():
            ending = {"alerts": "yml", "panels": "json", "runbook": "md"}[kind]
            (folder / f"{kind}.{ending}").write_text(text, encoding="utf-8")
        return {name: folder}

    return stall


def test_the_groups_of_bots_follow_those_of_the_platform_with_their_comments(stall) -> None:
    of_platform = yaml.safe_load(alerts.merged({}))["groups"]
    brought = stall(alerts=GROUP.format(name="stall")) | stall("fair", alerts=GROUP.format(name="fair"))
    text = alerts.merged(brought)
    assert yaml.safe_load(text)["groups"][len(of_platform) :] == [
        {"name": "stall", "rules": []},
        {"name": "fair", "rules": []},
    ]
    assert text.count("  # The fair.") == 2


@pytest.mark.parametrize(
    "text",
    [
        "",
        "rules: []\n",
        "groups: []\n",
        "groups:\n- name: x\n  rules: []\n",
        "groups:\n    - name: x\n",
        "groups:\n  - name: x\nmore: 1\n",
        "groups:\n  - name: x\ngroups:\n  - name: y\n",
    ],
)
def test_rules_that_would_break_the_file_they_are_put_into_are_refused(stall, text) -> None:
    with pytest.raises(BroughtError, match=r"stall/alerts\.yml: has to be one list `groups:`"):
        alerts.merged(stall(alerts=text))


def test_two_groups_of_one_name_are_refused_as_prometheus_would(stall) -> None:
    with pytest.raises(BroughtError, match="the platform has a group stores as well"):
        alerts.merged(stall(alerts=GROUP.format(name="stores")))


def test_the_panels_of_a_bot_stand_in_a_row_of_its_own_below_all_others(stall) -> None:
    row = json.dumps({"title": "Stall", "panels": [PANEL, PANEL | {"gridPos": PANEL["gridPos"] | {"x": 0}}]})
    of_platform = dashboard.merged({})["panels"]
    bottom = max(panel["gridPos"]["y"] + panel["gridPos"]["h"] for panel in of_platform)
    merged = dashboard.merged(stall(panels=row) | stall("fair", panels=row))["panels"]
    assert merged[: len(of_platform)] == of_platform
    assert [(one["title"], one["gridPos"]["x"], one["gridPos"]["y"] - bottom) for one in merged[-6:]] == [
        ("Stall", 0, 0),
        ("Apples", 12, 1),
        ("Apples", 0, 1),
        ("Stall", 0, 9),
        ("Apples", 12, 10),
        ("Apples", 0, 10),
    ]
    assert len({one["id"] for one in merged}) == len(merged)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"title": "x", "panels": [{}]}'])
def test_panels_that_are_none_are_refused(stall, text) -> None:
    with pytest.raises(BroughtError, match=r"stall/panels\.json: has to be"):
        dashboard.merged(stall(panels=text))


def test_a_bot_may_bring_nothing(stall) -> None:
    assert alerts.merged(stall()) == alerts.merged({})
    assert dashboard.merged(stall()) == dashboard.merged({})
    assert runbook.merged(stall()) == runbook.merged({})


def said(*arguments, cwd, **settings):
    config = cwd / "mailroom.toml"
    lines = (f"[bots.{name}]\n{source}\n" for name, source in settings.items())
    config.write_text("".join(lines), encoding="utf-8")
    return forked.run([MAILROOM, "monitoring", *arguments, "--config", config], env=environment(), cwd=cwd)


def test_the_commands_print_what_the_configured_bots_bring_without_a_token_of_theirs(tmp_path) -> None:
    both = {"one": 'bot = "shop"', "two": 'bot = "shop"'}
    groups = yaml.safe_load(said("alerts", cwd=tmp_path, **both).stdout)["groups"]
    assert [group["name"] for group in groups][-2:] == ["process", "shop"]
    board = json.loads(said("dashboard", cwd=tmp_path, **both).stdout)
    assert [panel["title"] for panel in board["panels"] if panel["type"] == "row"].count("Shop") == 1
    mine = {"mine": 'router = "my_bot:router"'}
    groups = yaml.safe_load(said("alerts", cwd=tmp_path, **mine).stdout)["groups"]
    assert "shop" not in [group["name"] for group in groups]


def test_the_section_that_an_alert_leads_to_is_printed_whosever_it_is(tmp_path) -> None:
    shop = {"shop": 'bot = "shop"'}
    of_shop = said("runbook", "MailroomShopSoldOut", cwd=tmp_path, **shop).stdout
    assert of_shop.startswith("## Goods are sold out\n")
    assert of_shop.count("\n## ") == 0
    assert said("runbook", "MailroomRedisDown", cwd=tmp_path, **shop).stdout.startswith("## Redis is down\n")
    assert said("runbook", "postgres IS", cwd=tmp_path, **shop).stdout.startswith("## Postgres is down\n")
    unknown = said("runbook", "MailroomNonsense", cwd=tmp_path, **shop)
    assert (unknown.returncode, unknown.stdout) == (2, "")
    assert "MailroomNonsense is no alert, and in no title" in unknown.stderr
