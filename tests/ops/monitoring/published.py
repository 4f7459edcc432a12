"""What is given to Prometheus and Grafana, read from its files."""

import json

import yaml

from tests.ops.monitoring.metrics import ROOT

_MONITORING = ROOT / "ops" / "monitoring"

ALERTS = [
    rule
    for group in yaml.safe_load((_MONITORING / "alerts.yml").read_text(encoding="utf-8"))["groups"]
    for rule in group["rules"]
]
DASHBOARD = json.loads((_MONITORING / "grafana.json").read_text(encoding="utf-8"))
PANELS = [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]
EXPRESSIONS = [
    *((rule["alert"], rule["expr"]) for rule in ALERTS),
    *((panel["title"], target["expr"]) for panel in PANELS for target in panel["targets"]),
]
