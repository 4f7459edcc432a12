"""`mailroom audit`: who did what, when, and why."""

from typing import TYPE_CHECKING, Annotated

import typer

from mailroom.ops.cli.oncall_client import open_client
from mailroom.ops.cli.options import Config, Data, OnCallJson
from mailroom.ops.cli.words import moment

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mailroom.supervisors.oncall.reports import Intervention

EXAMPLE = "\b\nExample:\n  mailroom audit -n 200 | grep mybot:123"
SHOWN_MAX = 10_000
"""A tenth of what is kept; nobody reads further back than that."""


def audit(
    most: Annotated[
        int, typer.Option("--most", "-n", min=1, max=SHOWN_MAX, help="How many, from the newest back.")
    ] = 50,
    config: Config = None,
    data: Data = None,
    *,
    as_json: OnCallJson = False,
) -> None:
    """Show who did what, when and why, by any interface.

    Interfaces are this command line, the HTTP API /ops and the page /console.
    """
    with open_client(config, data, as_json=as_json) as client:
        found = client.ask(lambda oncall: oncall.look.audit(most))
        client.show(found, lambda: _print(found))


def _print(found: "Sequence[Intervention]") -> None:
    from mailroom.ops.cli.tables import print_line, print_table

    if not found:
        print_line("Nobody has intervened yet.")
        return
    print_table(
        ("WHEN", "WHO", "ACTION", "TARGET", "OUTCOME AND REASON"),
        (
            (moment(each.at_ms), each.who, each.action, each.target, f"{each.outcome} ({each.why})")
            for each in found
        ),
    )
