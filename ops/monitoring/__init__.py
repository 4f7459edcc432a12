"""What is given to Prometheus, to Grafana and to whoever is on call: the platform's files, with those that
the configured bots bring in their `monitoring` folders.

The platform's own are here and in `ops/docs`, and can be used as they are. Which bots there are is known from
the configuration alone, so that the whole is put together by a command, `mailroom monitoring`, when somebody
asks for it, such as a step of a release.
"""

from pathlib import Path

from mailroom.ops.faults import CannotStartError

PLATFORM = Path(__file__).parent
ALERTS, DASHBOARD = "alerts.yml", "grafana.json"
"""The platform's, in this folder."""
PANELS = "panels.json"
"""A bot's: `{"title", "panels"}`, the places of the panels relative to the row with that title. Its alerts
and its page of the runbook are called as the platform's.
"""
RUNBOOK = "runbook.md"


class BroughtError(CannotStartError):
    """What a bot brings cannot be merged; the message says which file is to be mended, and how."""
