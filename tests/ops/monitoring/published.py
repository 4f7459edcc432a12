"""What is given to Prometheus and Grafana, with that of all bots, as `mailroom monitoring` prints it."""

import json

import yaml

from mailroom.ops.bundled import bundled_bots, room
from mailroom.ops.monitoring import PLATFORM, alerts, dashboard

ROOMS = {kind: folder for kind in bundled_bots() if (folder := room(kind).monitoring) is not None}

RULES = alerts.merged(ROOMS)
GROUPS = yaml.safe_load(RULES)["groups"]
ALERTS = [rule for group in GROUPS for rule in group["rules"]]
DASHBOARD = dashboard.merged(ROOMS)


def panels(board):
    """Those that show something."""
    return [panel for panel in board["panels"] if panel["type"] != "row"]


def expressions(rules, shown):
    """All that is asked for, by who asks."""
    return [
        *((rule["alert"], rule["expr"]) for rule in rules),
        *((panel["title"], target["expr"]) for panel in shown for target in panel["targets"]),
    ]


PANELS = panels(DASHBOARD)
EXPRESSIONS = expressions(ALERTS, PANELS)
OF_PLATFORM = expressions(
    [
        rule
        for group in yaml.safe_load((PLATFORM / "alerts.yml").read_text(encoding="utf-8"))["groups"]
        for rule in group["rules"]
    ],
    panels(json.loads((PLATFORM / "grafana.json").read_text(encoding="utf-8"))),
)
"""What the files ask for that are used without a bot."""
