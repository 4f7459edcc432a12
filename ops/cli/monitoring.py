"""`mailroom monitoring`: alerts, dashboard and runbook of the platform and of the configured bots."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mailroom.ops.cli.options import Config

if TYPE_CHECKING:
    from collections.abc import Mapping

EXAMPLE = (
    "\b\nExamples:\n  mailroom monitoring alerts > /etc/prometheus/rules/mailroom.yml"
    "\n  mailroom monitoring dashboard > mailroom.json"
    "\n  mailroom monitoring runbook MailroomRedisDown"
)


def monitoring_alerts(config: Config = None) -> None:
    """Print the rules for Prometheus, as one file."""
    from mailroom.ops.monitoring import alerts

    print(alerts.merged(_brought(config)), end="")


def monitoring_dashboard(config: Config = None) -> None:
    """Print the dashboard for Grafana, to be imported there."""
    from mailroom.ops.monitoring import dashboard

    print(json.dumps(dashboard.merged(_brought(config)), indent=2, ensure_ascii=False))


def monitoring_runbook(
    what: Annotated[
        str, typer.Argument(help="An alert, or words of a title; without it, all pages.", show_default=False)
    ] = "",
    config: Config = None,
) -> None:
    """Print the runbook, or the sections of it that an alert leads to."""
    from mailroom.ops.monitoring import runbook

    brought = _brought(config)
    if not what:
        print(runbook.merged(brought), end="")
        return
    sections = list(runbook.about(what, brought))
    if not sections:
        raise typer.BadParameter(
            f"{what} is no alert, and in no title. `mailroom monitoring runbook` prints all pages."
        )
    print("\n\n".join(sections))


def _brought(config: Path | None) -> "Mapping[str, Path]":
    from mailroom.ops import brought, configuration

    return brought.monitoring(configuration.load(config))


app = typer.Typer(add_completion=False, rich_markup_mode=None, no_args_is_help=True)
app.command("alerts")(monitoring_alerts)
app.command("dashboard")(monitoring_dashboard)
app.command("runbook")(monitoring_runbook)


@app.callback(epilog=EXAMPLE)
def monitoring() -> None:
    """Print what Prometheus, Grafana and whoever is on call need: the platform's, and that of your bots."""
